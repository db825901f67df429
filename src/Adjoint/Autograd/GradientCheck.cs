namespace Adjoint;

/// <summary>Compares gradients with finite differences along one random direction, at a cost that does not grow with the number of elements.</summary>
/// <remarks>
/// For outputs y = f(x), a random output gradient dy and a random direction v:
/// <c>⟨dy, ∂f(x)·v⟩ = ⟨∂f(x)ᵀ·dy, v⟩</c>. The left side is a fourth-order central difference, the right side what backward gives.
/// A wrong element anywhere changes the right side with probability one.
/// </remarks>
public static class GradientCheck
{
    // The fourth-order stencil's error is about h⁴ + ε/h: 1e-16 + 1e-12 in F64.
    const double Step = 1e-4;

    /// <summary>The relative error of the gradient of <paramref name="function"/> at <paramref name="inputs"/>; inputs are in F64.</summary>
    /// <param name="function">Maps inputs to outputs; called several times, deterministic.</param>
    /// <param name="inputs">Where to check; integer inputs are passed through.</param>
    /// <param name="differentiable">Which inputs are moved; all floating-point ones by default.</param>
    /// <param name="seed">Chooses the direction and the output gradient.</param>
    [PyTorch("torch.autograd.gradcheck", Differs = "Returns the largest error instead of raising one.")]
    public static double FirstOrder(Func<Tensor[], Tensor[]> function, Tensor[] inputs, Func<int, bool>? differentiable = null, ulong seed = 7)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        var random = new Generator(seed);
        bool[] moved = [.. inputs.Select((x, i) => x.DType == DType.F64 && (differentiable?.Invoke(i) ?? true))];
        Tensor?[] directions = [.. inputs.Select((x, i) => moved[i] ? random.Uniform(x.Shape, -1, 1, DType.F64) : null)];

        Tensor[] leaves = [.. inputs.Select((x, i) => moved[i] ? x.Copy().AsParameter($"input {i}") : x)];
        Tensor[] outputs = function(leaves);
        Tensor[] floats = [.. outputs.Where(y => y.DType.IsFloat)];
        Tensor[] seeds = [.. floats.Select(y => random.Uniform(y.Shape, 0.5, 1.5, DType.F64))];
        Tensor[] wanted = [.. leaves.Where((_, i) => moved[i])];
        int[] connected = [.. Enumerable.Range(0, floats.Length).Where(i => floats[i].RequiresGrad)];
        Tensor?[] gradients = connected.Length == 0
            ? new Tensor?[wanted.Length]
            : BackwardPass.Gradients([.. connected.Select(i => floats[i])], [.. connected.Select(i => seeds[i])], wanted, false, false);

        double analytic = 0, scale = 1e-3;
        for (int i = 0, g = 0; i < inputs.Length; i++)
        {
            if (!moved[i]) continue;
            if (gradients[g++] is not { } dx) continue;
            (double dot, double size) = Dot(dx, directions[i]!);
            analytic += dot;
            scale += size;
        }

        // With nothing to move there is no slope to compare; that backward ran is all there is to see.
        if (directions.All(v => v is null || v.Elements == 0)) return 0;
        double numeric = ((8 * (At(Step) - At(-Step))) - (At(2 * Step) - At(-2 * Step))) / (12 * Step);
        double error = Math.Abs(numeric - analytic) / Math.Max(scale, Math.Abs(numeric));
        return double.IsNaN(error) ? double.PositiveInfinity : error;

        double At(double h)
        {
            using NoGrad off = NoGrad.Scope();
            Tensor[] shifted = [.. inputs.Select((x, i) => moved[i] ? x + (directions[i]! * h) : x)];
            return function(shifted).Where(y => y.DType.IsFloat).Zip(seeds).Sum(p => Dot(p.First, p.Second).Dot);
        }
    }

    /// <summary>The relative error of the gradient of the gradient.</summary>
    /// <inheritdoc cref="FirstOrder" path="/param"/>
    [PyTorch("torch.autograd.gradgradcheck", Differs = "Returns the largest error instead of raising one.")]
    public static double SecondOrder(Func<Tensor[], Tensor[]> function, Tensor[] inputs, Func<int, bool>? differentiable = null, ulong seed = 7)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        return FirstOrder(Gradient, inputs, differentiable, seed + 1);

        Tensor[] Gradient(Tensor[] x)
        {
            var random = new Generator(seed);
            bool differentiating = GradMode.IsRecording;
            using NoGrad on = NoGrad.Suspend();
            Tensor[] leaves = [.. x.Select((t, i) => t.RequiresGrad || t.DType != DType.F64 || !(differentiable?.Invoke(i) ?? true) ? t : t.Copy().AsParameter())];
            Tensor[] outputs = [.. function(leaves).Where(y => y.DType.IsFloat && y.RequiresGrad)];
            Tensor[] wanted = [.. leaves.Where(t => t.RequiresGrad)];
            if (outputs.Length == 0) return [.. wanted.Select(t => Tensor.Zeros(t.Shape, DType.F64))];
            Tensor[] seeds = [.. outputs.Select(y => random.Uniform(y.Shape, 0.5, 1.5, DType.F64))];
            Tensor?[] dx = BackwardPass.Gradients(outputs, seeds, wanted, differentiating, differentiating);
            return [.. dx.Zip(wanted).Select(p => p.First ?? Tensor.Zeros(p.Second.Shape, DType.F64))];
        }
    }

    static (double Dot, double Size) Dot(Tensor a, Tensor b)
    {
        double dot = 0, size = 0;
        foreach ((double x, double y) in a.To(DType.F64).ToArray<double>().Zip(b.ToArray<double>()))
        {
            dot += x * y;
            size += Math.Abs(x * y);
        }

        return (dot, size);
    }
}
