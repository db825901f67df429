using static Adjoint.Conformance.Rows;

namespace Adjoint.Conformance;

/// <summary>Mean and variance taken out.</summary>
static class NormalizationRows
{
    public static Dictionary<string, Meaning> Table { get; } = new()
    {
        ["layer_norm"] = All((x, s) => x[0].LayerNorm(Shape.Create(s.Longs("normalized_shape")), x.At(1), x.At(2), s.Number("eps", 1e-5))),
        ["rms_norm"] = All((x, s) => x[0].RmsNorm(s.Has("normalized_shape") ? Shape.Create(s.Longs("normalized_shape")) : [x[0].Shape[^1]], x.At(1), s.Number("eps", 1e-6))),
        ["group_norm"] = All((x, s) => x[0].GroupNorm(s.Integer("num_groups", 1), x.At(1), x.At(2), s.Number("eps", 1e-5))),
        // Statistics are the instance's own; how fast running ones would move does not show in the result.
        ["local_response_norm"] = One((x, s) => x.LocalResponseNorm(s.Integer("size", 5), s.Number("alpha", 1e-4), s.Number("beta", 0.75), s.Number("k", 1))),
        ["instance_norm"] = All((x, s) => x[0].InstanceNorm(x.At(1), x.At(2), s.Ignore("momentum", "use_input_stats").Number("eps", 1e-5))),
        ["batch_norm"] = All((x, s) => s.Flag("training", true) ? x.Length > 3 ? Training(x[0], x.At(3), x.At(4), s) : Training(x[0], x.At(1), x.At(2), s) : Evaluation(x, s)),
        ["batch_norm_eval"] = All((x, s) => s.Flag("training", false) ? Training(x[0], x.At(3), x.At(4), s) : Evaluation(x, s)),
    };

    /// <summary>Over the last axis, without factor and shift.</summary>
    public static Tensor OverLastAxis(Tensor x) => x.LayerNorm([x.Shape[^1]]);

    // How fast running statistics move does not show in the result.
    static Tensor Training(Tensor x, Tensor? weight, Tensor? bias, Settings s) => x.BatchNorm(weight, bias, s.Ignore("momentum").Number("eps", 1e-5)).Y;

    static Tensor Evaluation(Tensor[] x, Settings s) => x[0].BatchNormEval(x[1], x[2], x.At(3), x.At(4), s.Ignore("momentum").Number("eps", 1e-5));
}
