using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>F(4, 3): four outputs of three taps by seven products instead of twelve.</summary>
/// <remarks>
/// Polynomials are multiplied modulo x·(x⁴ − 1) and by their value at ∞. The factors x, x − 1 and x + 1 take a product each, x² + 1
/// takes three, because complex numbers are multiplied with three products. All roots but 0 lie on the unit circle, so nothing grows:
/// unlike with the points 0, ±1, ±2, ∞ of the six products of Lavin and Gray (2016), the rounding error stays that of F(2, 3).
/// <code>
/// Bᵀ = 1  0  0  0 −1  0    G = 1  0  0    Aᵀ = 1  1  1  1  0  1  0
///      0  1  1  1  1  0        ¼  ¼  ¼         0  1 −1  0  1  1  0
///      0 −1  1 −1  1  0        ¼ −¼  ¼         0  1  1 −1  0 −1  0
///      0 −1 −1  1  1  0        ½  0 −½         0  1 −1  0 −1 −1  1
///      0 −1  1  1 −1  0        0  ½  0
///      0  1  0 −1  0  0        ½  ½ −½
///      0 −1  0  0  0  1        0  0  1
/// </code>
/// By Winograd, "Arithmetic Complexity of Computations" (1980); roots of unity for the sake of accuracy: He et al., "SFC: Achieve
/// Accurate Fast Convolution under Low-precision Arithmetic" (2024), arXiv:2407.02913.
/// </remarks>
internal readonly unsafe struct F4x3 : IScheme
{
    public static int Outputs => 4;
    public static int Taps => 3;
    public static int Points => 7;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TLanes>(float* d, long dStep, float* v, long vStep) where TLanes : struct, ILanes<TLanes, float>
    {
        TLanes d0 = TLanes.Load(d), d1 = TLanes.Load(d + dStep), d2 = TLanes.Load(d + 2 * dStep), d3 = TLanes.Load(d + 3 * dStep);
        TLanes d4 = TLanes.Load(d + 4 * dStep), d5 = TLanes.Load(d + 5 * dStep);
        TLanes s = d1 + d3, t = d2 + d4, p = d3 - d1, q = d4 - d2;
        TLanes.Store(d0 - d4, v);
        TLanes.Store(t + s, v + vStep);
        TLanes.Store(t - s, v + 2 * vStep);
        TLanes.Store(q + p, v + 3 * vStep);
        TLanes.Store(p - q, v + 4 * vStep);
        TLanes.Store(d1 - d3, v + 5 * vStep);
        TLanes.Store(d5 - d1, v + 6 * vStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<TLanes>(float* m, long mStep, float* y, long yStep) where TLanes : struct, ILanes<TLanes, float>
    {
        TLanes m0 = TLanes.Load(m), m1 = TLanes.Load(m + mStep), m2 = TLanes.Load(m + 2 * mStep), m3 = TLanes.Load(m + 3 * mStep);
        TLanes m4 = TLanes.Load(m + 4 * mStep), m5 = TLanes.Load(m + 5 * mStep), m6 = TLanes.Load(m + 6 * mStep);
        TLanes s = m1 + m2, t = m1 - m2, p = m3 + m5, q = m4 + m5;
        TLanes.Store(m0 + s + p, y);
        TLanes.Store(t + q, y + yStep);
        TLanes.Store(s - p, y + 2 * yStep);
        TLanes.Store(t - q + m6, y + 3 * yStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGradient<TLanes>(float* dy, long dyStep, float* z, long zStep) where TLanes : struct, ILanes<TLanes, float>
    {
        TLanes y0 = TLanes.Load(dy), y1 = TLanes.Load(dy + dyStep), y2 = TLanes.Load(dy + 2 * dyStep), y3 = TLanes.Load(dy + 3 * dyStep);
        TLanes s = y0 + y2, t = y1 + y3, p = y0 - y2, q = y1 - y3;
        TLanes.Store(y0, z);
        TLanes.Store(s + t, z + zStep);
        TLanes.Store(s - t, z + 2 * zStep);
        TLanes.Store(p, z + 3 * zStep);
        TLanes.Store(q, z + 4 * zStep);
        TLanes.Store(p + q, z + 5 * zStep);
        TLanes.Store(y3, z + 6 * zStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Filter<TLanes>(float* g, long gStep, float* u, long uStep) where TLanes : struct, ILanes<TLanes, float>
    {
        TLanes g0 = TLanes.Load(g), g1 = TLanes.Load(g + gStep), g2 = TLanes.Load(g + 2 * gStep);
        TLanes half = TLanes.All(0.5f), quarter = TLanes.All(0.25f), ends = quarter * (g0 + g2), middle = quarter * g1, p = half * (g0 - g2), q = half * g1;
        TLanes.Store(g0, u);
        TLanes.Store(ends + middle, u + uStep);
        TLanes.Store(ends - middle, u + 2 * uStep);
        TLanes.Store(p, u + 3 * uStep);
        TLanes.Store(q, u + 4 * uStep);
        TLanes.Store(p + q, u + 5 * uStep);
        TLanes.Store(g2, u + 6 * uStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FilterGradient<TLanes>(float* w, long wStep, float* dg, long dgStep) where TLanes : struct, ILanes<TLanes, float>
    {
        TLanes w0 = TLanes.Load(w), w1 = TLanes.Load(w + wStep), w2 = TLanes.Load(w + 2 * wStep), w3 = TLanes.Load(w + 3 * wStep);
        TLanes w4 = TLanes.Load(w + 4 * wStep), w5 = TLanes.Load(w + 5 * wStep), w6 = TLanes.Load(w + 6 * wStep);
        TLanes half = TLanes.All(0.5f), quarter = TLanes.All(0.25f), s = quarter * (w1 + w2), t = quarter * (w1 - w2), p = half * (w3 + w5);
        TLanes.Store(w0 + s + p, dg);
        TLanes.Store(t + half * (w4 + w5), dg + dgStep);
        TLanes.Store(w6 + s - p, dg + 2 * dgStep);
    }
}
