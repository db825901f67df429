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
        ["interpolate"] = One(Interpolate),
    };

    // An image without a batch is a batch of one.
    static Meaning Images(Func<Tensor, Settings, Tensor> pool) => One((x, s) => x.Rank == 3 ? pool(x.Unsqueeze(0), s).Squeeze(0) : pool(x, s));

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

    // null keeps the input's size.
    static Pair Size(Tensor x, Settings s)
    {
        int?[] size = s.Optional("output_size");
        return ((int)(size[0] ?? x.Shape[^2]), (int)(size[^1] ?? x.Shape[^1]));
    }
}
