using static Adjoint.Conformance.Rows;

namespace Adjoint.Conformance;

/// <summary>Over axes: sums, extremes, moments, softmax.</summary>
static class ReductionRows
{
    public static Dictionary<string, Meaning> Table { get; } = new()
    {
        ["sum"] = Over((x, dims, keep) => x.Sum(dims, keep)),
        ["mean"] = Over((x, dims, keep) => x.Mean(dims, keep)),
        ["amax"] = Over((x, dims, keep) => x.Amax(dims, keep)),
        ["amin"] = Over((x, dims, keep) => x.Amin(dims, keep)),
        ["all"] = Over((x, dims, keep) => x.All(dims, keep)),
        ["any"] = Over((x, dims, keep) => x.Any(dims, keep)),
        ["count_nonzero"] = Over((x, dims, keep) => x.CountNonZero(dims, keep)),
        ["logsumexp"] = Over((x, dims, keep) => x.LogSumExp(dims, keep)),
        ["var"] = One((x, s) => x.Var(s.Integers("dim"), Correction(s), s.Flag("keepdim", false))),
        ["std"] = One((x, s) => x.Std(s.Integers("dim"), Correction(s), s.Flag("keepdim", false))),
        ["max"] = Several((x, s) => s.Has("dim") ? Pair(x.Max(s.Integer("dim", 0), s.Flag("keepdim", false))) : [x.Amax()]),
        ["min"] = Several((x, s) => s.Has("dim") ? Pair(x.Min(s.Integer("dim", 0), s.Flag("keepdim", false))) : [x.Amin()]),
        ["max_dim"] = Several((x, s) => Pair(x.Max(s.Integer("dim", 0), s.Flag("keepdim", false)))),
        ["min_dim"] = Several((x, s) => Pair(x.Min(s.Integer("dim", 0), s.Flag("keepdim", false)))),
        ["argmax"] = One((x, s) => x.Argmax(Dim(s), s.Flag("keepdim", false))),
        ["argmin"] = One((x, s) => x.Argmin(Dim(s), s.Flag("keepdim", false))),
        ["sort"] = Several((x, s) => Pair(x.Sort(s.Integer("dim", -1), s.Ignore("stable").Flag("descending", false)))),
        ["argsort"] = One((x, s) => x.ArgSort(s.Integer("dim", -1), s.Ignore("stable").Flag("descending", false))),
        ["topk"] = Several((x, s) => Pair(x.TopK(s.Integer("k", 1), s.Integer("dim", -1), s.Ignore("sorted").Flag("largest", true)))),
        ["nansum"] = Over((x, dims, keep) => x.NanSum(dims, keep)),
        ["nanmean"] = Over((x, dims, keep) => x.NanMean(dims, keep)),
        ["prod"] = Over((x, dims, keep) => x.Prod(dims, keep)),
        ["norm"] = One((x, s) => x.Norm(Power(s), s.Integers("dim"), s.Flag("keepdim", false))),
        ["vector_norm"] = One((x, s) => x.Norm(s.Number("ord", 2), s.Integers("dim"), s.Flag("keepdim", false))),
        ["cumsum"] = One((x, s) => x.CumSum(s.Integer("dim", -1))),
        ["cumprod"] = One((x, s) => x.CumProd(s.Integer("dim", -1))),
        ["softmax"] = One((x, s) => x.Softmax(s.Integer("dim", -1))),
        ["log_softmax"] = One((x, s) => x.LogSoftmax(s.Integer("dim", -1))),
        ["var_mean"] = Several((x, s) => [x.Var(s.Integers("dim"), Correction(s), s.Flag("keepdim", false)), x.Mean(s.Integers("dim"), s.Flag("keepdim", false))]),
        ["std_mean"] = Several((x, s) => [x.Std(s.Integers("dim"), Correction(s), s.Flag("keepdim", false)), x.Mean(s.Integers("dim"), s.Flag("keepdim", false))]),
        ["median"] = Several((x, s) => s.Has("dim") ? Pair(x.Median(s.Integer("dim", 0), s.Flag("keepdim", false))) : [x.Median()]),
        ["kthvalue"] = Several((x, s) => Pair(x.KthValue(s.Integer("k", 1), s.Integer("dim", -1), s.Flag("keepdim", false)))),
        ["quantile"] = One(Quantile),
        ["normalize"] = One((x, s) => x.Normalize(s.Number("p", 2), s.Integer("dim", 1), s.Number("eps", 1e-12))),
        ["dist"] = Two((a, b, s) => (a - b).Norm(s.Number("p", 2))),
        ["diff"] = One((x, s) => x.Slice(s.Integer("dim", -1), 1) - x.Slice(s.Integer("dim", -1), 0, -1)),
        ["trace"] = One(x => x.Diagonal().Sum()),
        ["softmin"] = One((x, s) => (-x).Softmax(s.Integer("dim", -1))),
    };

    static Tensor Quantile(Tensor x, Settings s)
    {
        if (s.Text("interpolation", "linear") is not "linear" and var other) throw new SkippedException($"interpolation '{other}' of 'quantile'");
        if (s.IsList("q")) throw new SkippedException("several quantiles at once");
        return s.Has("dim") ? x.Quantile(s.Number("q", 0.5), s.Integer("dim", -1), s.Flag("keepdim", false)) : x.Reshape(-1).Quantile(s.Number("q", 0.5));
    }

    static int Correction(Settings s) => s.Has("correction") ? s.Integer("correction", 1) : s.Flag("unbiased", true) ? 1 : 0;

    // "fro", the default, is the Euclidean norm.
    static double Power(Settings s) => s.IsText("p") && s.Text("p", "") == "fro" ? 2 : s.Number("p", 2);

    static int? Dim(Settings s) => s.Has("dim") ? s.Integer("dim", 0) : null;

    static Tensor[] Pair((Tensor Values, Tensor Indices) found) => [found.Values, found.Indices];
}
