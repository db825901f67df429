using Adjoint.Kernels.Normalization;

namespace Adjoint.Ops;

/// <summary>What variance and standard deviation share.</summary>
internal static class Spread
{
    /// <summary>The divisor: the number of elements less the correction, at least 0.</summary>
    public static double Freedom(Shape shape, Axes over, int correction) => Math.Max(over.Count(shape) - correction, 0);

    public static unsafe void Run(Tensor input, Tensor output, Axes over, int correction, bool root)
    {
        using Scope scope = Scope.Begin("variance");
        var form = new RowForm(input.Shape, over);
        Tensor x = form.Read(input), y = output.KernelTarget();
        double divisor = Freedom(input.Shape, over, correction);
        if (x.DType == DType.F64) Moments.Variance((double*)x.Data, (double*)y.Data, form.Count, form.Length, divisor, root);
        else Moments.Variance((float*)x.Data, (float*)y.Data, form.Count, form.Length, (float)divisor, root);
        output.TakeFrom(y);
    }
}
