namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>Which scheme makes a convolution, if any.</summary>
internal enum Scheme { None, F2x3, F4x3, F4x5 }

/// <summary>Chooses the scheme.</summary>
internal static unsafe class Schemes
{
    static readonly string Force = Environment.GetEnvironmentVariable("HL_S") ?? "";
    const long LeastChannels = 16;

    public static Scheme Of(in Geometry g)
    {
        if (g.D != WindowAxis.None || g.Channels < LeastChannels || g.Filters < LeastChannels || g.H.Kernel != g.W.Kernel || !Fits(g.H) || !Fits(g.W)) return Scheme.None;
        if (g.H.Kernel == 3) return Force == "2" ? Scheme.F2x3 : Scheme.F4x3;
        if (g.H.Kernel == 5) return Scheme.F4x5;
        return Scheme.None;
    }
    static bool Fits(WindowAxis axis) => axis is { Stride: 1, Dilation: 1, Before: >= 0 } && axis.Before < axis.Kernel;

    public static bool Forward(in Geometry g, float* x, float* weight, float* bias, float* y)
    {
        switch (Of(g))
        {
            case Scheme.F2x3: WinogradConvolution<F2x3>.Forward(g, x, weight, bias, y); return true;
            case Scheme.F4x3: WinogradConvolution<F4x3>.Forward(g, x, weight, bias, y); return true;
            case Scheme.F4x5: WinogradConvolution<F4x5>.Forward(g, x, weight, bias, y); return true;
            default: return false;
        }
    }
    public static bool InputGradient(in Geometry g, float* dy, float* weight, float* dx)
    {
        if (g.Turned() is not { } t) return false;
        switch (Of(t))
        {
            case Scheme.F2x3: WinogradConvolution<F2x3>.InputGradient(t, dy, weight, dx); return true;
            case Scheme.F4x3: WinogradConvolution<F4x3>.InputGradient(t, dy, weight, dx); return true;
            case Scheme.F4x5: WinogradConvolution<F4x5>.InputGradient(t, dy, weight, dx); return true;
            default: return false;
        }
    }
    public static bool WeightGradient(in Geometry g, float* dy, float* x, float* dWeight)
    {
        switch (Of(g))
        {
            case Scheme.F2x3: WinogradConvolution<F2x3>.WeightGradient(g, dy, x, dWeight); return true;
            case Scheme.F4x3: WinogradConvolution<F4x3>.WeightGradient(g, dy, x, dWeight); return true;
            case Scheme.F4x5: WinogradConvolution<F4x5>.WeightGradient(g, dy, x, dWeight); return true;
            default: return false;
        }
    }
}
