using Adjoint.Ops;

namespace Adjoint;

/// <summary>Adds transposed convolutions to tensors: the gradient of a convolution along its input, used as a layer of its own.</summary>
public static class ConvolutionTransposeSyntax
{
    extension(Tensor x)
    {
        /// <summary>Transposed convolution of images: x [N, in, H, W] with weight [in, out/groups, kh, kw] gives [N, out, H', W'], H' = (H − 1)·stride − 2·padding + dilation·(kh − 1) + outputPadding + 1.</summary>
        /// <remarks><c>y[n, o, p·stride − padding + t·dilation] = b[o] + Σ over c, t of w[c, o, t] · x[n, c, p]</c>.</remarks>
        /// <param name="weight">The filters.</param>
        /// <param name="bias">[out], or none.</param>
        /// <param name="stride">How far apart the inputs' contributions start.</param>
        /// <param name="padding">How many outputs are dropped on each side.</param>
        /// <param name="outputPadding">How many more outputs there are behind; less than the stride or the dilation.</param>
        /// <param name="dilation">How far apart the kernel's taps write.</param>
        /// <param name="groups">Groups of channels that do not see each other.</param>
        /// <exception cref="ShapeException">Axes, channels, groups or bias do not fit, or nothing is left of the image.</exception>
        /// <exception cref="DTypeException">An operand is not of a floating-point type.</exception>
        /// <exception cref="ArgumentException">A stride, dilation or padding is out of its range.</exception>
        [PyTorch("torch.nn.functional.conv_transpose2d", Differs = "`dilation` comes after `groups` in PyTorch: name them.")]
        public Tensor ConvTranspose2d(Tensor weight, Tensor? bias = null, Pair? stride = null, Pair padding = default, Pair outputPadding = default, Pair? dilation = null, int groups = 1) =>
            x.ConvTranspose(weight, bias, Window.Of("conv_transpose2d", (stride ?? 1).Sizes, padding.Sizes, (dilation ?? 1).Sizes), outputPadding.Sizes, groups);

        /// <summary>Transposed convolution of sequences: x [N, in, W] with weight [in, out/groups, kw] gives [N, out, W'].</summary>
        /// <inheritdoc cref="ConvTranspose2d(Tensor, Tensor, Tensor?, Pair?, Pair, Pair, Pair?, int)"/>
        [PyTorch("torch.nn.functional.conv_transpose1d", Differs = "`dilation` comes after `groups` in PyTorch: name them.")]
        public Tensor ConvTranspose1d(Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0, int outputPadding = 0, int dilation = 1, int groups = 1) =>
            x.ConvTranspose(weight, bias, Window.Of("conv_transpose1d", [stride], [padding], [dilation]), [outputPadding], groups);

        /// <summary>Transposed convolution of volumes: x [N, in, D, H, W] with weight [in, out/groups, kd, kh, kw] gives [N, out, D', H', W'].</summary>
        /// <inheritdoc cref="ConvTranspose2d(Tensor, Tensor, Tensor?, Pair?, Pair, Pair, Pair?, int)"/>
        [PyTorch("torch.nn.functional.conv_transpose3d", Differs = "`dilation` comes after `groups` in PyTorch: name them. One number for all axes.")]
        public Tensor ConvTranspose3d(Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0, int outputPadding = 0, int dilation = 1, int groups = 1) =>
            x.ConvTranspose(weight, bias, Window.Of("conv_transpose3d", [stride, stride, stride], [padding, padding, padding], [dilation, dilation, dilation]), [outputPadding, outputPadding, outputPadding], groups);

        /// <summary>Transposed convolution over the axes of the window, settings for each of them.</summary>
        /// <inheritdoc cref="ConvTranspose2d(Tensor, Tensor, Tensor?, Pair?, Pair, Pair, Pair?, int)"/>
        [NotInPyTorch("Transposed convolution with a window of any rank.")]
        public Tensor ConvTranspose(Tensor weight, Tensor? bias, Window window, ReadOnlySpan<int> outputPadding, int groups = 1)
        {
            ArgumentNullException.ThrowIfNull(weight);
            ArgumentNullException.ThrowIfNull(window);
            string name = $"conv_transpose{window.Rank}d";
            Operands.FloatType(name, ["x", "weight", "bias"], bias is null ? [x, weight] : [x, weight, bias]);
            CheckChannels(name, x.Shape, weight.Shape, bias?.Shape, window.Rank, groups);
            (Shape image, long[] behind) = Image(name, x.Shape, weight.Shape, window, outputPadding);

            // The convolution of the result has more outputs than x where the result is padded by a whole stride: they are zeros of x.
            Tensor wide = behind.All(b => b == 0) ? x : x.Pad(behind);
            Tensor y = new ConvolutionInputGradient(window, groups, image).Apply(wide, weight);
            return bias is null ? y : y + ChannelForm.Broadcast(bias, y.Rank);
        }
    }

    static void CheckChannels(string name, Shape x, Shape weight, Shape? bias, int axes, int groups)
    {
        string image = string.Join(", ", new[] { "D", "H", "W" }[^axes..]), kernel = string.Join(", ", new[] { "kd", "kh", "kw" }[^axes..]);
        if (x.Rank != axes + 2 || weight.Rank != axes + 2)
            throw new ShapeException($"{name}: x must have the axes [N, in, {image}] and weight [in, out/groups, {kernel}], but x is {x} and weight is {weight}.");
        if (x[1] != weight[0]) throw new ShapeException($"{name}: x and weight must have the same number of input channels, but x is {x} and weight is {weight}.");
        if (groups < 1 || x[1] % groups != 0) throw new ShapeException($"{name}: groups must divide the channels of x, but groups is {groups} and x is {x}.");
        if (weight.Elements == 0) throw new ShapeException($"{name}: weight must have elements, but weight is {weight}.");
        if (bias is not null && !(bias.Rank == 1 && bias[0] == weight[1] * groups))
            throw new ShapeException($"{name}: bias must have one element for each output channel, but bias is {bias}, weight is {weight} and groups is {groups}.");
    }

    /// <summary>The result's image, and the widths to pad x with: none in front, some behind each axis, last axis first.</summary>
    static (Shape Image, long[] Behind) Image(string name, Shape x, Shape weight, Window window, ReadOnlySpan<int> outputPadding)
    {
        long[] sizes = new long[window.Rank], behind = new long[2 * window.Rank];
        bool fits = outputPadding.Length == window.Rank, empty = false;
        for (int i = 0; fits && i < sizes.Length; i++)
        {
            fits = outputPadding[i] >= 0 && outputPadding[i] < Math.Max(window.Stride[i], window.Dilation[i]);
            sizes[i] = ((x[i + 2] - 1) * window.Stride[i]) - (2 * window.Padding[i]) + (window.Dilation[i] * (weight[i + 2] - 1)) + outputPadding[i] + 1;
            behind[(2 * (sizes.Length - i)) - 1] = outputPadding[i] / window.Stride[i];
            empty |= sizes[i] < 1 || x[i + 2] == 0;
        }

        if (!fits) throw new ArgumentException($"{name}: outputPadding must be at least 0 and less than stride or dilation, but it is [{string.Join(", ", outputPadding.ToArray())}], stride is {window.Stride} and dilation is {window.Dilation}.");
        if (empty) throw new ShapeException($"{name}: the result must have an image, but it would be [{string.Join(", ", sizes)}]; x is {x}, weight is {weight} and padding is {window.Padding}.");
        return (Shape.Create(sizes), behind);
    }
}
