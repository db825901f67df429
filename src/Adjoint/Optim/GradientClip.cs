using Adjoint.Kernels;

namespace Adjoint.Optim;

/// <summary>Keeps gradients from becoming too large, in place, between the backward pass and the step.</summary>
public static class GradientClip
{
    static readonly Formula Scaled = Formula.Of((g, factor) => g * factor);
    static readonly Formula Bounded = Formula.Of((g, most) => Math.Min(Math.Max(g, -most), most));

    /// <summary>Scales all gradients by one factor, so that their common norm <c>√Σg²</c> is at most <paramref name="maxNorm"/>.</summary>
    /// <remarks>The factor is <c>min(1, maxNorm/(norm + 10⁻⁶))</c>. Parameters without a gradient count as zero. Source: Pascanu et al. 2013.</remarks>
    /// <returns>The norm before clipping; not finite if a gradient is not, and then the gradients are spoiled.</returns>
    /// <exception cref="ArgumentException">maxNorm is negative or not a number.</exception>
    public static double ByNorm(IEnumerable<Tensor> parameters, double maxNorm)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!(maxNorm >= 0)) throw new ArgumentException($"clip: the largest norm must not be negative, but it is {maxNorm}.");
        Tensor[] gradients = Of(parameters);
        double norm = Norm(gradients);
        double factor = maxNorm / (norm + 1e-6);
        if (!(factor >= 1)) foreach (Tensor gradient in gradients) Run(Scaled, gradient, factor);
        return norm;
    }

    /// <summary>The common norm <c>√Σg²</c> of all gradients, which stay as they are.</summary>
    public static double Norm(IEnumerable<Tensor> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return Norm(Of(parameters));
    }

    /// <summary>Limits every element of every gradient to ±<paramref name="maxValue"/>.</summary>
    /// <exception cref="ArgumentException">maxValue is negative or not a number.</exception>
    public static void ByValue(IEnumerable<Tensor> parameters, double maxValue)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!(maxValue >= 0)) throw new ArgumentException($"clip: the largest value must not be negative, but it is {maxValue}.");
        foreach (Tensor gradient in Of(parameters)) Run(Bounded, gradient, maxValue);
    }

    /// <summary>Multiplies a gradient by a number, in place.</summary>
    internal static void Scale(Tensor gradient, double factor) => Run(Scaled, gradient, factor);

    static Tensor[] Of(IEnumerable<Tensor> parameters) => [.. parameters.Select(p => p.Grad).OfType<Tensor>().Distinct()];

    static double Norm(Tensor[] gradients)
    {
        using NoGrad off = NoGrad.Scope();
        double sum = 0;
        foreach (Tensor gradient in gradients)
        {
            using Scope scope = Scope.Begin("gradient norm");
            Tensor wide = gradient.To(gradient.DType.Compute);
            sum += (wide * wide).Sum().Item();
        }

        return Math.Sqrt(sum);
    }

    static unsafe void Run(Formula formula, Tensor gradient, double value)
    {
        gradient.Written();
        var scalar = new Operand { Data = &value, DType = DType.F64, Shape = [], Strides = [] };
        Elementwise.Run(formula, gradient.DType.Compute, [gradient.Operand, scalar], [gradient.Operand]);
        GC.KeepAlive(gradient);
    }
}
