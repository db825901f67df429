using Adjoint.Nn;
using static Adjoint.Conformance.Rows;

namespace Adjoint.Conformance;

/// <summary>Mean and variance taken out.</summary>
static class NormalizationRows
{
    public static Dictionary<string, Meaning> Table { get; } = new()
    {
        ["layer_norm"] = All((x, s) => x[0].LayerNorm(Shape.Create(s.Longs("normalized_shape")), x.At(1), x.At(2), s.Number("eps", 1e-5))),
        ["rms_norm"] = All((x, s) => x[0].RmsNorm(s.Has("normalized_shape") ? Shape.Create(s.Longs("normalized_shape")) : [x[0].Shape[^1]], x.At(1), s.Number("eps", 1e-6))),
        ["batch_norm"] = All((x, s) => s.Flag("training", true) ? ByBatch(x[0], x.At(1), x.At(2), s) : ByRunning(x, s)),
        ["batch_norm_eval"] = All((x, s) => s.Flag("training", false) ? throw new Skipped("training with running statistics given") : ByRunning(x, s)),
    };

    /// <summary>Over the last axis, without factor and shift.</summary>
    public static Tensor OverLastAxis(Tensor x) => x.LayerNorm([x.Shape[^1]]);

    static Tensor ByBatch(Tensor x, Tensor? weight, Tensor? bias, Settings s) => Affine(Layer(x, s.Ignore("momentum")).Call(x), weight, bias);

    static Tensor ByRunning(Tensor[] x, Settings s)
    {
        BatchNorm layer = Layer(x[0], s.Ignore("momentum"));
        layer.Eval();
        layer.RunningMean.CopyFrom(x[1]);
        layer.RunningVariance.CopyFrom(x[2]);
        return Affine(layer.Call(x[0]), x.At(3), x.At(4));
    }

    static BatchNorm Layer(Tensor x, Settings s) => new(x.Shape[1], epsilon: s.Number("eps", 1e-5), affine: false, dtype: x.DType);

    // Beside the layer and not in it, so that the gradients reach the case's own tensors.
    static Tensor Affine(Tensor y, Tensor? weight, Tensor? bias)
    {
        long[] channel = [-1, .. Enumerable.Repeat(1L, y.Rank - 2)];
        if (weight is not null) y *= weight.Reshape(channel);
        return bias is null ? y : y + bias.Reshape(channel);
    }
}
