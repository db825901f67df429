using Adjoint.Ops;
using static Adjoint.Conformance.Rows;

namespace Adjoint.Conformance;

/// <summary>Products, convolutions, pooling, images in other sizes.</summary>
static class LinearRows
{
    public static Dictionary<string, Meaning> Table { get; } = new()
    {
        ["matmul"] = Two((a, b) => a.MatMul(b)),
        ["mm"] = Two((a, b) => a.MatMul(b)),
        ["bmm"] = Two((a, b) => a.MatMul(b)),
        ["mv"] = Two((a, b) => a.MatMul(b)),
        ["dot"] = Two((a, b) => a.MatMul(b)),
        ["outer"] = Two((a, b) => a.Unsqueeze(1) * b),
        ["vdot"] = Two((a, b) => a.MatMul(b)),
        ["inner"] = Two((a, b) => Tensor.Einsum("...i,ji->...j", a, b)),
        ["kron"] = Two((a, b) => Tensor.Einsum("ij,kl->ikjl", a, b).Reshape(a.Shape[0] * b.Shape[0], a.Shape[1] * b.Shape[1])),
        ["matrix_power"] = One((x, s) => Enumerable.Repeat(x, s.Integer("n", 1)).Aggregate((a, b) => a.MatMul(b))),
        ["addmm"] = All(Added),
        ["addmv"] = All(Added),
        ["baddbmm"] = All(Added),
        ["addbmm"] = All((x, s) => (x[0] * s.Number("beta", 1)) + (x[1].MatMul(x[2]).Sum(0) * s.Number("alpha", 1))),
        ["addr"] = All((x, s) => (x[0] * s.Number("beta", 1)) + (x[1].Unsqueeze(1) * x[2] * s.Number("alpha", 1))),
        ["chain_matmul"] = All((x, _) => x.Aggregate((a, b) => a.MatMul(b))),
        ["multi_dot"] = All((x, _) => x.Aggregate((a, b) => a.MatMul(b))),
        ["bilinear"] = All(Bilinear),
        ["linear"] = All((x, _) => x[0].Linear(x[1], x.At(2))),
        ["einsum"] = All((x, s) => Tensor.Einsum(s.Text("equation", ""), x)),
        ["conv1d"] = All((x, s) => Convolve("conv1d", x, s)),
        ["conv2d"] = All((x, s) => Convolve("conv2d", x, s)),
        ["conv3d"] = All((x, s) => Convolve("conv3d", x, s)),
        ["conv_transpose1d"] = All((x, s) => Transposed("conv_transpose1d", x, s)),
        ["conv_transpose2d"] = All((x, s) => Transposed("conv_transpose2d", x, s)),
        ["conv_transpose3d"] = All((x, s) => Transposed("conv_transpose3d", x, s)),
        ["max_pool2d"] = Images((x, s) => x.MaxPool2d(s.Pair("kernel_size", 1), Stride(s), s.Pair("padding", 0), s.Pair("dilation", 1), s.Flag("ceil_mode", false))),
        ["avg_pool2d"] = Images(AvgPool),
        ["adaptive_avg_pool2d"] = Images((x, s) => x.AdaptiveAvgPool2d(Size(x, s))),
        ["adaptive_max_pool2d"] = Images((x, s) => x.AdaptiveMaxPool2d(Size(x, s))),
        ["max_pool1d"] = Unbatched(2, (x, s) => x.MaxPool1d(s.Each("kernel_size", 1, 1)[0], Stride1d(s), s.Each("padding", 1, 0)[0], s.Each("dilation", 1, 1)[0], s.Flag("ceil_mode", false))),
        ["avg_pool1d"] = Unbatched(2, (x, s) => x.AvgPool1d(s.Each("kernel_size", 1, 1)[0], Stride1d(s), s.Each("padding", 1, 0)[0], s.Flag("count_include_pad", true), s.Flag("ceil_mode", false))),
        ["adaptive_avg_pool1d"] = Unbatched(2, (x, s) => x.AdaptiveAvgPool1d(Sizes(x, s)[0])),
        ["adaptive_max_pool1d"] = Unbatched(2, (x, s) => x.AdaptiveMaxPool1d(Sizes(x, s)[0])),
        ["max_pool3d"] = Unbatched(4, (x, s) => x.MaxPool3d(s.Integers("kernel_size"), s.Integers("stride"), s.Integers("padding"), s.Integers("dilation"), s.Flag("ceil_mode", false))),
        ["avg_pool3d"] = Unbatched(4, AvgPool3d),
        ["adaptive_avg_pool3d"] = Unbatched(4, (x, s) => x.AdaptiveAvgPool3d(Sizes(x, s))),
        ["adaptive_max_pool3d"] = Unbatched(4, (x, s) => x.AdaptiveMaxPool3d(Sizes(x, s))),
        ["lp_pool1d"] = One((x, s) => PowerMean(x, s, (powers, kernel) => powers.AvgPool1d(kernel[0], Stride1d(s), ceilMode: s.Flag("ceil_mode", false)) * kernel[0], 1)),
        ["lp_pool2d"] = One((x, s) => PowerMean(x, s, (powers, kernel) => powers.AvgPool2d((kernel[0], kernel[1]), Stride(s), ceilMode: s.Flag("ceil_mode", false)) * ((double)kernel[0] * kernel[1]), 2)),
        ["interpolate"] = One(Interpolate),
    };

    static Meaning Images(Func<Tensor, Settings, Tensor> pool) => Unbatched(3, pool);

    // A thing without a batch is a batch of one.
    static Meaning Unbatched(int rank, Func<Tensor, Settings, Tensor> pool) => One((x, s) => x.Rank == rank ? pool(x.Unsqueeze(0), s).Squeeze(0) : pool(x, s));

    // (Σ xᵖ)^(1/p) over each window.
    static Tensor PowerMean(Tensor x, Settings s, Func<Tensor, int[], Tensor> sums, int axes)
    {
        double p = s.Number("norm_type", 2);
        int[] kernel = s.Each("kernel_size", axes, 1);
        return x.Rank == axes + 1 ? PowerMean(x.Unsqueeze(0), s, sums, axes).Squeeze(0) : sums(x.Pow(p), kernel).Relu().Pow(1 / p);
    }

    static Tensor Added(Tensor[] x, Settings s) => (x[0] * s.Number("beta", 1)) + (x[1].MatMul(x[2]) * s.Number("alpha", 1));

    static Tensor Bilinear(Tensor[] x, Settings s)
    {
        Tensor y = Tensor.Einsum("...i,oij,...j->...o", x[0], x[2], x[1]);
        return x.At(3) is { } bias ? y + bias : y;
    }

    static int? Stride1d(Settings s) => s.Integers("stride") is [int stride] ? stride : null;

    static Tensor AvgPool3d(Tensor x, Settings s)
    {
        if (!s.Has("divisor_override")) return x.AvgPool3d(s.Integers("kernel_size"), s.Integers("stride"), s.Integers("padding"), s.Flag("count_include_pad", true), s.Flag("ceil_mode", false));
        if (s.Flag("ceil_mode", false)) throw new SkippedException("a divisor of one's own with ceil_mode");
        s.Ignore("count_include_pad");
        return x.AvgPool3d(s.Integers("kernel_size"), s.Integers("stride"), s.Integers("padding")) * (s.Each("kernel_size", 3, 1).Aggregate(1.0, (a, b) => a * b) / s.Number("divisor_override", 1));
    }

    // null keeps the input's size.
    static int[] Sizes(Tensor x, Settings s)
    {
        int?[] size = s.Optional("output_size");
        return [.. Enumerable.Range(2, x.Rank - 2).Select(axis => size[size.Length == 1 ? 0 : axis - 2] ?? (int)x.Shape[axis])];
    }

    static Tensor AvgPool(Tensor x, Settings s)
    {
        Pair kernel = s.Pair("kernel_size", 1);
        if (!s.Has("divisor_override")) return x.AvgPool2d(kernel, Stride(s), s.Pair("padding", 0), s.Flag("count_include_pad", true), s.Flag("ceil_mode", false));
        if (s.Flag("ceil_mode", false)) throw new SkippedException("a divisor of one's own with ceil_mode");
        s.Ignore("count_include_pad");
        return x.AvgPool2d(kernel, Stride(s), s.Pair("padding", 0)) * ((double)kernel.Height * kernel.Width / s.Number("divisor_override", 1));
    }

    // As many settings as the weight has axes behind its channels.
    static Tensor Convolve(string name, Tensor[] inputs, Settings s)
    {
        Tensor x = inputs[0], weight = inputs[1];
        if (x.Rank == weight.Rank - 1) return Convolve(name, [x.Unsqueeze(0), .. inputs[1..]], s).Squeeze(0);
        int axes = weight.Rank - 2;
        int[] stride = s.Each("stride", axes, 1), dilation = s.Each("dilation", axes, 1), padding = [.. Enumerable.Repeat(0, axes)];
        if (!s.IsText("padding")) padding = s.Each("padding", axes, 0);
        else if (s.Text("padding", "") == "same") x = PadToSame(x, weight, dilation);
        var op = new Convolution(Window.Of(name, stride, padding, dilation), s.Integer("groups", 1));
        return inputs.At(2) is { } bias ? op.Apply(x, weight, bias) : op.Apply(x, weight);
    }

    static Tensor Transposed(string name, Tensor[] x, Settings s)
    {
        int axes = x[1].Rank - 2;
        if (x[0].Rank == axes + 1) return Transposed(name, [x[0].Unsqueeze(0), .. x[1..]], s).Squeeze(0);
        Window window = Window.Of(name, s.Each("stride", axes, 1), s.Each("padding", axes, 0), s.Each("dilation", axes, 1));
        return x[0].ConvTranspose(x[1], x.At(2), window, s.Each("output_padding", axes, 0), s.Integer("groups", 1));
    }

    static Tensor Interpolate(Tensor x, Settings s)
    {
        InterpolationMode mode = s.Text("mode", "nearest") switch
        {
            "nearest" => InterpolationMode.Nearest,
            "nearest-exact" => InterpolationMode.NearestExact,
            "linear" or "bilinear" or "trilinear" => InterpolationMode.Linear,
            "bicubic" => InterpolationMode.Cubic,
            "area" => InterpolationMode.Area,
            string other => throw new SkippedException($"interpolation mode '{other}'"),
        };
        bool corners = s.Flag("align_corners", false), lengthsDecide = s.Flag("recompute_scale_factor", false);
        int axes = x.Rank - 2;
        if (s.Has("size")) return x.Interpolate(Shape.Create([.. s.Each("size", axes, 1).Select(n => (long)n)]), mode, corners);
        double[] factors = s.Numbers("scale_factor");
        return lengthsDecide
            ? x.Interpolate(Shape.Create([.. Enumerable.Range(0, axes).Select(i => (long)Math.Floor(x.Shape[i + 2] * factors[factors.Length == 1 ? 0 : i]))]), mode, corners)
            : x.InterpolateBy(factors, mode, corners);
    }

    // Where the margin is odd, the larger half comes behind.
    static Tensor PadToSame(Tensor x, Tensor weight, int[] dilation)
    {
        var widths = new List<long>();
        for (int axis = dilation.Length - 1; axis >= 0; axis--)
        {
            long margin = dilation[axis] * (weight.Shape[axis + 2] - 1);
            widths.AddRange([margin / 2, margin - (margin / 2)]);
        }

        return x.Pad(widths.ToArray());
    }

    // An absent or empty stride is the kernel's size.
    static Pair Stride(Settings s) => s.Integers("stride").Length > 0 ? s.Pair("stride", 1) : s.Pair("kernel_size", 1);

    static Pair Size(Tensor x, Settings s) => Sizes(x, s) is [int height, int width] ? (height, width) : throw new SkippedException("'output_size' for other than two axes");
}
