namespace Adjoint.Kernels.Convolution;

/// <summary>The sizes of one convolution in up to three dimensions.</summary>
/// <remarks>
/// A convolution is a matrix product per group: filters [Filters, Steps] times columns [Steps, Positions]. A step is a channel and
/// a tap of the kernel; a position is an image and a place in its output, images outermost.
/// </remarks>
/// <param name="Images">Images in the batch.</param>
/// <param name="Groups">Groups of channels that do not see each other.</param>
/// <param name="Channels">Input channels of one group.</param>
/// <param name="Filters">Output channels of one group.</param>
/// <param name="D">The outermost axis of an image, if it has three.</param>
/// <param name="H">The axis of an image's rows.</param>
/// <param name="W">The axis along a row.</param>
internal readonly record struct Geometry(long Images, long Groups, long Channels, long Filters, WindowAxis D, WindowAxis H, WindowAxis W)
{
    public long InPlane => D.In * H.In * W.In;
    public long OutPlane => D.Out * H.Out * W.Out;
    public long Taps => D.Kernel * H.Kernel * W.Kernel;
    public long Steps => Channels * Taps;
    public long Positions => Images * OutPlane;

    /// <summary>Elements between the images of the input and of the output.</summary>
    public long InImage => Groups * Channels * InPlane;
    public long OutImage => Groups * Filters * OutPlane;

    /// <summary>Multiply-adds of the whole.</summary>
    public double Work => (double)Groups * Filters * Steps * Positions;

    /// <summary>Whether every channel has one filter of its own, on planes: too little work for a matrix product.</summary>
    public bool IsDepthwise => Channels == 1 && Filters == 1 && D == WindowAxis.None && InPlane < Int32Plane && OutPlane < Int32Plane;

    const long Int32Plane = 1 << 26;

    /// <summary>
    /// The convolution of dy that makes the input's gradient, where all strides are 1: with the taps reversed and the roles of
    /// channels and filters exchanged.
    /// </summary>
    public Geometry? Turned() => D.Stride == 1 && H.Stride == 1 && W.Stride == 1
        ? new(Images, Groups, Filters, Channels, D.Turned(), H.Turned(), W.Turned())
        : null;

    /// <summary>The place that a position stands for.</summary>
    public (long Image, long D, long H, long W) At(long position)
    {
        long w = position % W.Out;
        position /= W.Out;
        long h = position % H.Out;
        position /= H.Out;
        return (position / D.Out, position % D.Out, h, w);
    }
}
