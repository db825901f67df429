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

    public static Tensor Reduce(Tensor each, Reduction reduction) => reduction switch
    {
        Reduction.Mean => each.Mean(),
        Reduction.Sum => each.Sum(),
        _ => each,
    };

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
