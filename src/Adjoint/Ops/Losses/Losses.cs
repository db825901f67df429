namespace Adjoint.Ops;

/// <summary>What losses share. Losses never broadcast: a prediction [n, 1] beside a target [n] would compare everything with everything.</summary>
internal static class Losses
{
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static void CheckShapes(string operation, Tensor x, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (x.Shape == target.Shape) return;
        string hint = x.Elements == target.Elements ? "Losses do not broadcast; bring one to the other's shape with Reshape." : "Losses do not broadcast.";
        throw new ShapeException($"{operation}: the target must have the shape of x, but x is {x.Shape} and the target is {target.Shape}. Hint: {hint}");
    }

    public static Tensor Reduce(Tensor each, Reduction reduction)
    {
        if (reduction == Reduction.None) return each;
        double count = each.Elements;
        return Weighted(reduction == Reduction.Mean ? each.Mean() : each.Sum(), reduction, () => count);
    }

    /// <summary>Lets a loss say what a mean divides by; <paramref name="weight"/> is asked only where somebody wants to know.</summary>
    public static Tensor Weighted(Tensor loss, Reduction reduction, Func<double> weight)
    {
        if (reduction != Reduction.None) loss.LossParts = new(reduction == Reduction.Mean, weight);
        return loss;
    }

    public static IEnumerable<Sample> Samples(Generator random, Op op, double low = -2, double high = 2)
    {
        foreach (Shape shape in (Shape[])[[4, 3], [37], [2, 3, 5], [], [0, 3]])
            yield return new(op, random.Uniform(shape, low, high, DType.F64), random.Uniform(shape, low, high, DType.F64));
    }

    /// <summary>A factor must not make the losses more: weights [n, 1] beside losses [n] would count every loss n times.</summary>
    /// <exception cref="ShapeException">The factor does not broadcast to x.</exception>
    public static void CheckFactor(string operation, string name, Tensor x, Tensor? factor)
    {
        if (factor is not null && Shape.Broadcast(factor.Shape, x.Shape) != x.Shape)
            throw new ShapeException($"{operation}: the {name} must broadcast to x, but x is {x.Shape} and the {name} is {factor.Shape}.");
    }
}
