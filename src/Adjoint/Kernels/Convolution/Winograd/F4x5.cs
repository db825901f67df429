using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>F(4, 5): four outputs of five taps by ten products instead of twenty.</summary>
/// <remarks>
/// Polynomials are multiplied modulo x·(x⁶ − 1) and by their value at ∞. The factors x, x − 1 and x + 1 take a product each, x² + x + 1
/// and x² − x + 1 three. All roots but 0 lie on the unit circle, as in <see cref="F4x3"/>:
/// <code>
/// Bᵀ = 1  0  0  0  0  0 −1  0    6·G = 6  0  0  0  0    Aᵀ = 1  1  1  1  0  1  1  0  1  0
///      0  1  1  1  1  1  1  0          1  1  1  1  1         0  1 −1  0  1 −1  0  1  1  0
///      0 −1  1 −1  1 −1  1  0          1 −1  1 −1  1         0  1  1 −1 −1  0 −1  1  0  0
///      0  1 −2  1  1 −2  1  0          1  0 −1  1  0         0  1 −1  1  0  1 −1  0 −1  1
///      0  1  1 −2  1  1 −2  0          0  1 −1  0  1
///      0 −2  1  1 −2  1  1  0          1 −1  0  1 −1
///      0 −1 −2 −1  1  2  1  0          1  0 −1 −1  0
///      0 −1  1  2  1 −1 −2  0          0  1  1  0 −1
///      0  2  1 −1 −2 −1  1  0          1  1  0 −1 −1
///      0 −1  0  0  0  0  0  1          0  0  0  0  6
/// </code>
/// </remarks>
internal readonly unsafe struct F4x5 : IScheme
{
    public static int Outputs => 4;
    public static int Taps => 5;
    public static int Points => 10;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TLanes>(float* d, long dStep, float* v, long vStep) where TLanes : struct, ILanes<TLanes, float>
    {
        TLanes d0 = TLanes.Load(d), d1 = TLanes.Load(d + dStep), d2 = TLanes.Load(d + 2 * dStep), d3 = TLanes.Load(d + 3 * dStep);
        TLanes d4 = TLanes.Load(d + 4 * dStep), d5 = TLanes.Load(d + 5 * dStep), d6 = TLanes.Load(d + 6 * dStep), d7 = TLanes.Load(d + 7 * dStep);
        // What is the same, and what changes sign, after half of the period of x⁶ = 1.
        TLanes s1 = d1 + d4, s2 = d2 + d5, s3 = d3 + d6, s = s1 + s2 + s3;
        TLanes t1 = d1 - d4, t2 = d2 - d5, t3 = d3 - d6, t = t2 - t1 - t3, three = TLanes.All(3);
        TLanes.Store(d0 - d6, v);
        TLanes.Store(s, v + vStep);
        TLanes.Store(t, v + 2 * vStep);
        TLanes.Store(s - three * s2, v + 3 * vStep);
        TLanes.Store(s - three * s3, v + 4 * vStep);
        TLanes.Store(s - three * s1, v + 5 * vStep);
        TLanes.Store(t - three * t2, v + 6 * vStep);
        TLanes.Store(t + three * t3, v + 7 * vStep);
        TLanes.Store(t + three * t1, v + 8 * vStep);
        TLanes.Store(d7 - d1, v + 9 * vStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<TLanes>(float* m, long mStep, float* y, long yStep) where TLanes : struct, ILanes<TLanes, float>
    {
        TLanes m0 = TLanes.Load(m), m1 = TLanes.Load(m + mStep), m2 = TLanes.Load(m + 2 * mStep), m3 = TLanes.Load(m + 3 * mStep);
        TLanes m4 = TLanes.Load(m + 4 * mStep), m5 = TLanes.Load(m + 5 * mStep), m6 = TLanes.Load(m + 6 * mStep), m7 = TLanes.Load(m + 7 * mStep);
        TLanes m8 = TLanes.Load(m + 8 * mStep), m9 = TLanes.Load(m + 9 * mStep);
        TLanes s = m1 + m2, t = m1 - m2, p = m3 + m5, q = m6 + m8;
        TLanes.Store(m0 + s + p + q, y);
        TLanes.Store(t + (m4 - m5) + (m7 + m8), y + yStep);
        TLanes.Store(s - (m3 + m4) + (m7 - m6), y + 2 * yStep);
        TLanes.Store(t + p - q + m9, y + 3 * yStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGradient<TLanes>(float* dy, long dyStep, float* z, long zStep) where TLanes : struct, ILanes<TLanes, float>
    {
        TLanes y0 = TLanes.Load(dy), y1 = TLanes.Load(dy + dyStep), y2 = TLanes.Load(dy + 2 * dyStep), y3 = TLanes.Load(dy + 3 * dyStep);
        TLanes s = y0 + y2, t = y1 + y3, p = y0 - y2, z3 = p + y3, z4 = y1 - y2, z6 = p - y3, z7 = y1 + y2;
        TLanes.Store(y0, z);
        TLanes.Store(s + t, z + zStep);
        TLanes.Store(s - t, z + 2 * zStep);
        TLanes.Store(z3, z + 3 * zStep);
        TLanes.Store(z4, z + 4 * zStep);
        TLanes.Store(z3 - z4, z + 5 * zStep);
        TLanes.Store(z6, z + 6 * zStep);
        TLanes.Store(z7, z + 7 * zStep);
        TLanes.Store(z6 + z7, z + 8 * zStep);
        TLanes.Store(y3, z + 9 * zStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Filter<TLanes>(float* g, long gStep, float* u, long uStep) where TLanes : struct, ILanes<TLanes, float>
    {
        TLanes g0 = TLanes.Load(g), g1 = TLanes.Load(g + gStep), g2 = TLanes.Load(g + 2 * gStep), g3 = TLanes.Load(g + 3 * gStep);
        TLanes g4 = TLanes.Load(g + 4 * gStep);
        TLanes sixth = TLanes.All(1 / 6f), a0 = sixth * g0, a1 = sixth * g1, a2 = sixth * g2, a3 = sixth * g3, a4 = sixth * g4;
        TLanes s = a0 + a2 + a4, t = a1 + a3, u3 = a0 - a2 + a3, u4 = a1 - a2 + a4, u6 = a0 - a2 - a3, u7 = a1 + a2 - a4;
        TLanes.Store(g0, u);
        TLanes.Store(s + t, u + uStep);
        TLanes.Store(s - t, u + 2 * uStep);
        TLanes.Store(u3, u + 3 * uStep);
        TLanes.Store(u4, u + 4 * uStep);
        TLanes.Store(u3 - u4, u + 5 * uStep);
        TLanes.Store(u6, u + 6 * uStep);
        TLanes.Store(u7, u + 7 * uStep);
        TLanes.Store(u6 + u7, u + 8 * uStep);
        TLanes.Store(g4, u + 9 * uStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FilterGradient<TLanes>(float* w, long wStep, float* dg, long dgStep) where TLanes : struct, ILanes<TLanes, float>
    {
        TLanes w0 = TLanes.Load(w), w1 = TLanes.Load(w + wStep), w2 = TLanes.Load(w + 2 * wStep), w3 = TLanes.Load(w + 3 * wStep);
        TLanes w4 = TLanes.Load(w + 4 * wStep), w5 = TLanes.Load(w + 5 * wStep), w6 = TLanes.Load(w + 6 * wStep), w7 = TLanes.Load(w + 7 * wStep);
        TLanes w8 = TLanes.Load(w + 8 * wStep), w9 = TLanes.Load(w + 9 * wStep);
        TLanes sixth = TLanes.All(1 / 6f), s = w1 + w2, t = w1 - w2, p = w3 + w5, q = w6 + w8, b = w4 - w5, c = w7 + w8;
        TLanes.Store(w0 + sixth * (s + p + q), dg);
        TLanes.Store(sixth * (t + b + c), dg + dgStep);
        TLanes.Store(sixth * (s - (w3 + w4) + (w7 - w6)), dg + 2 * dgStep);
        TLanes.Store(sixth * (t + p - q), dg + 3 * dgStep);
        TLanes.Store(w9 + sixth * (s + b - c), dg + 4 * dgStep);
    }
}
