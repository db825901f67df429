using Adjoint.Kernels;

namespace Adjoint.Optim;

/// <summary>Arithmetic on long vectors; nothing is recorded.</summary>
internal static class Vectors
{
    static readonly Formula Added = Formula.Of((x, y, factor) => x + factor * y);

    public static double Dot(Tensor x, Tensor y)
    {
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("dot");
        return (x * y).Sum().Item();
    }

    /// <summary>Σ|x|.</summary>
    public static double AbsoluteSum(Tensor x)
    {
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("sum");
        return x.Abs().Sum().Item();
    }

    /// <summary>max|x|.</summary>
    public static double Largest(Tensor x)
    {
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("largest");
        return x.Abs().Amax().Item();
    }

    /// <summary>A new vector, x + factor·y.</summary>
    public static Tensor Sum(Tensor x, Tensor y, double factor)
    {
        using NoGrad off = NoGrad.Scope();
        Tensor sum = x.Copy();
        Add(sum, y, factor);
        return sum;
    }

    /// <summary>A new vector, factor·x.</summary>
    public static Tensor Scaled(Tensor x, double factor)
    {
        using NoGrad off = NoGrad.Scope();
        return factor * x;
    }

    /// <summary>x ← x + factor·y, in place.</summary>
    public static unsafe void Add(Tensor x, Tensor y, double factor)
    {
        var scalar = new Operand { Data = &factor, DType = DType.F64, Shape = [], Strides = [] };
        Elementwise.Run(Added, x.DType.Compute, [x.Operand, y.Operand, scalar], [x.Operand]);
        x.Written();
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }
}
