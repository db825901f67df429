namespace Adjoint.Nn;

/// <summary>Convolution of images.</summary>
/// <remarks>Shapes: x [N, in, H, W] → y [N, out, H′, W′]; weight [out, in/groups, kh, kw], bias [out]. Both start uniform in ±1/√fanIn, <c>fanIn = in/groups·kh·kw</c>.</remarks>
[PyTorch("torch.nn.Conv2d", Differs = "Takes a generator. The same initial distribution. Zero padding only, in numbers; other padding: `Pad` first.")]
public sealed class Conv2d : Layer
{
    /// <summary>Draws the weights.</summary>
    /// <param name="inputs">The number of x's channels.</param>
    /// <param name="outputs">The number of filters.</param>
    /// <param name="kernel">The size of the filters.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <param name="stride">How far the filter moves; 1 when omitted.</param>
    /// <param name="padding">Rows and columns of zeros on each side.</param>
    /// <param name="dilation">The distance between the filter's taps; 1 when omitted.</param>
    /// <param name="groups">Groups of channels that do not see each other.</param>
    /// <param name="bias">Whether to add a number for each filter.</param>
    /// <param name="dtype">The element type of the parameters.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    /// <exception cref="ShapeException">The groups do not divide the channels.</exception>
    public Conv2d(long inputs, long outputs, Pair kernel, Generator random, Pair? stride = null, Pair padding = default, Pair? dilation = null, int groups = 1, bool bias = true, DType dtype = DType.F32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groups);
        if (inputs % groups != 0 || outputs % groups != 0)
            throw new ShapeException($"conv2d: groups must divide the channels and the filters, but groups is {groups}, there are {inputs} channels and {outputs} filters.");
        (Stride, Padding, Dilation, Groups) = (stride ?? 1, padding, dilation ?? 1, groups);
        Shape shape = [outputs, inputs / groups, kernel.Height, kernel.Width];
        Weight = Init.LayerDefault(random, shape, Fans.Of(shape).In, dtype).AsParameter();
        if (bias) Bias = Init.LayerDefault(random, [outputs], Fans.Of(shape).In, dtype).AsParameter();
    }

    /// <summary>The filters, [out, in/groups, kh, kw].</summary>
    public Tensor Weight { get; }

    /// <summary>A number for each filter, [out], or null.</summary>
    public Tensor? Bias { get; }

    /// <summary>How far the filter moves.</summary>
    public Pair Stride { get; }

    /// <summary>Rows and columns of zeros on each side.</summary>
    public Pair Padding { get; }

    /// <summary>The distance between the filter's taps.</summary>
    public Pair Dilation { get; }

    /// <summary>Groups of channels that do not see each other.</summary>
    public int Groups { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x) => x.Conv2d(Weight, Bias, Stride, Padding, Dilation, Groups);
}
