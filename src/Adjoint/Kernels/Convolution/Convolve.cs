using System.Numerics;
using Adjoint.Kernels.Convolution.Winograd;

namespace Adjoint.Kernels.Convolution;

/// <summary>Convolution (as networks mean it: without reversing the kernel) and its two gradients, float or double.</summary>
/// <remarks>
/// All arrays are contiguous: x [images, groups·channels, in…], weight [groups·filters, channels, taps…], y [images,
/// groups·filters, out…]. Work is cut by sizes alone and every sum has a fixed order: any number of threads gives the same bits.
/// Sizes and type alone also choose between the definition's sums and minimal filtering, which is faster where it suits and
/// rounds differently; double always takes the sums.
/// </remarks>
internal static unsafe class Convolve
{
    /// <summary><c>y = bias + weight ⋆ x</c>; <paramref name="bias"/> may be null.</summary>
    public static void Forward<T>(in Geometry g, T* x, T* weight, T* bias, T* y)
    {
        if (SchemeOf<T>(g) is not Scheme.None and Scheme scheme) WinogradConvolution.Forward(scheme, g, (float*)x, (float*)weight, (float*)bias, (float*)y);
        else DirectConvolution.Forward(g, x, weight, bias, y);
    }

    /// <summary>The gradient of the input, from that of the output.</summary>
    public static void InputGradient<T>(in Geometry g, T* dy, T* weight, T* dx)
        where T : unmanaged, IAdditionOperators<T, T, T>
    {
        if (g.Turned() is { } turned && SchemeOf<T>(turned) is not Scheme.None and Scheme scheme) WinogradConvolution.InputGradient(scheme, turned, (float*)dy, (float*)weight, (float*)dx);
        else DirectConvolution.InputGradient(g, dy, weight, dx);
    }

    /// <summary>The gradient of the weight, from that of the output.</summary>
    public static void WeightGradient<T>(in Geometry g, T* dy, T* x, T* dWeight)
        where T : unmanaged, IAdditionOperators<T, T, T>
    {
        if (SchemeOf<T>(g) is not Scheme.None and Scheme scheme) WinogradConvolution.WeightGradient(scheme, g, (float*)dy, (float*)x, (float*)dWeight);
        else DirectConvolution.WeightGradient(g, dy, x, dWeight);
    }

    static Scheme SchemeOf<T>(in Geometry g) => typeof(T) == typeof(float) ? Schemes.Of(g) : Scheme.None;
}
