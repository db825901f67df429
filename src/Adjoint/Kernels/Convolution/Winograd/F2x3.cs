using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>F(2, 3): two outputs of three taps by four products instead of six.</summary>
/// <remarks>
/// Polynomials are multiplied by their values at 0, 1, −1 and ∞:
/// <code>
/// Bᵀ = 1  0 −1  0    G = 1  0  0    Aᵀ = 1  1  1  0
///      0  1  1  0        ½  ½  ½         0  1 −1  1
///      0 −1  1  0        ½ −½  ½
///      0 −1  0  1        0  0  1
/// </code>
/// As Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2016), arXiv:1509.09308, section 4.1, with the fourth
/// rows of Bᵀ and A negated, which saves negations.
/// </remarks>
internal readonly unsafe struct F2x3 : IScheme
{
    public static int Outputs => 2;
    public static int Taps => 3;
    public static int Points => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TLanes>(float* d, long dStep, float* v, long vStep) where TLanes : struct, ILanes<TLanes, float>
    {
        TLanes d0 = TLanes.Load(d), d1 = TLanes.Load(d + dStep), d2 = TLanes.Load(d + 2 * dStep), d3 = TLanes.Load(d + 3 * dStep);
        TLanes.Store(d0 - d2, v);
        TLanes.Store(d1 + d2, v + vStep);
        TLanes.Store(d2 - d1, v + 2 * vStep);
        TLanes.Store(d3 - d1, v + 3 * vStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<TLanes>(float* m, long mStep, float* y, long yStep) where TLanes : struct, ILanes<TLanes, float>
    {
        TLanes m0 = TLanes.Load(m), m1 = TLanes.Load(m + mStep), m2 = TLanes.Load(m + 2 * mStep), m3 = TLanes.Load(m + 3 * mStep);
        TLanes.Store(m0 + m1 + m2, y);
        TLanes.Store(m1 - m2 + m3, y + yStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGradient<TLanes>(float* dy, long dyStep, float* z, long zStep) where TLanes : struct, ILanes<TLanes, float>
    {
        TLanes y0 = TLanes.Load(dy), y1 = TLanes.Load(dy + dyStep);
        TLanes.Store(y0, z);
        TLanes.Store(y0 + y1, z + zStep);
        TLanes.Store(y0 - y1, z + 2 * zStep);
        TLanes.Store(y1, z + 3 * zStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Filter<TLanes>(float* g, long gStep, float* u, long uStep) where TLanes : struct, ILanes<TLanes, float>
    {
        TLanes g0 = TLanes.Load(g), g1 = TLanes.Load(g + gStep), g2 = TLanes.Load(g + 2 * gStep);
        TLanes half = TLanes.All(0.5f), ends = half * (g0 + g2), middle = half * g1;
        TLanes.Store(g0, u);
        TLanes.Store(ends + middle, u + uStep);
        TLanes.Store(ends - middle, u + 2 * uStep);
        TLanes.Store(g2, u + 3 * uStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FilterGradient<TLanes>(float* w, long wStep, float* dg, long dgStep) where TLanes : struct, ILanes<TLanes, float>
    {
        TLanes w0 = TLanes.Load(w), w1 = TLanes.Load(w + wStep), w2 = TLanes.Load(w + 2 * wStep), w3 = TLanes.Load(w + 3 * wStep);
        TLanes half = TLanes.All(0.5f), sum = half * (w1 + w2);
        TLanes.Store(w0 + sum, dg);
        TLanes.Store(half * (w1 - w2), dg + dgStep);
        TLanes.Store(sum + w3, dg + 2 * dgStep);
    }
}
