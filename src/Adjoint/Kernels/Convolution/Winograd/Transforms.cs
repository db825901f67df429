using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Convolution.Winograd;

/// <summary>The linear maps of F(2×2, 3×3) and of its transpose, which makes the filter's gradient, on a vector of channels at a time.</summary>
/// <remarks>
/// In one dimension <c>y = Aᵀ[(G g) ⊙ (Bᵀ d)]</c> makes two outputs y of a filter g of three taps from four inputs d with four
/// products instead of six; in two dimensions each map is applied to rows and columns, and sixteen products replace 36:
/// <code>
/// Bᵀ = 1  0 −1  0    G = 1  0  0    Aᵀ = 1  1  1  0
///      0  1  1  0        ½  ½  ½         0  1 −1  1
///      0 −1  1  0        ½ −½  ½
///      0 −1  0  1        0  0  1
/// </code>
/// As Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2016), arXiv:1509.09308, section 4.1, with the fourth
/// rows of Bᵀ and A negated, which saves negations. The product is bilinear, so the filter's gradient is
/// <c>dg = Gᵀ[(A dy Aᵀ) ⊙ (Bᵀ d B)]G</c>: sixteen products for nine sums of four.
/// <para>
/// Sixteen results, or operands, lie a slice apart each: slice 4·i + j holds row i, column j of every tile.
/// </para>
/// </remarks>
internal static unsafe class Transforms<TLanes>
    where TLanes : struct, ILanes<TLanes, float>
{
    const int Pixel = PixelRows.Channels;

    /// <summary>V = Bᵀ d B for neighbouring tiles, from four rows of pixels.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Input(float* row0, float* row1, float* row2, float* row3, long tiles, float* target, long step, long slice)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        Down(row0, row1, row2, row3, out TLanes a0, out TLanes a1, out TLanes a2, out TLanes a3);
        Down(row0 + Pixel, row1 + Pixel, row2 + Pixel, row3 + Pixel, out TLanes b0, out TLanes b1, out TLanes b2, out TLanes b3);
        for (; tiles > 0; tiles--)
        {
            // The third and fourth column of a tile are the first and second of the next.
            row0 += 2 * Pixel;
            row1 += 2 * Pixel;
            row2 += 2 * Pixel;
            row3 += 2 * Pixel;
            Down(row0, row1, row2, row3, out TLanes c0, out TLanes c1, out TLanes c2, out TLanes c3);
            Down(row0 + Pixel, row1 + Pixel, row2 + Pixel, row3 + Pixel, out TLanes d0, out TLanes d1, out TLanes d2, out TLanes d3);
            float* to = target;
            Across(a0, b0, c0, d0, to, slice);
            Across(a1, b1, c1, d1, to += 4 * slice, slice);
            Across(a2, b2, c2, d2, to += 4 * slice, slice);
            Across(a3, b3, c3, d3, to += 4 * slice, slice);
            (a0, a1, a2, a3) = (c0, c1, c2, c3);
            (b0, b1, b2, b3) = (d0, d1, d2, d3);
            target += step;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Down(float* row0, float* row1, float* row2, float* row3, out TLanes v0, out TLanes v1, out TLanes v2, out TLanes v3)
    {
        TLanes d1 = TLanes.Load(row1), d2 = TLanes.Load(row2);
        v0 = TLanes.Load(row0) - d2;
        v1 = d1 + d2;
        v2 = d2 - d1;
        v3 = TLanes.Load(row3) - d1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Across(TLanes a, TLanes b, TLanes c, TLanes d, float* target, long slice)
    {
        TLanes.Store(a - c, target);
        TLanes.Store(b + c, target + slice);
        TLanes.Store(c - b, target + 2 * slice);
        TLanes.Store(d - b, target + 3 * slice);
    }

    /// <summary>y = Aᵀ M A + bias for neighbouring tiles, into two rows of pixels.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Output(float* source, long step, long slice, long tiles, TLanes bias, float* row0, float* row1)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        for (; tiles > 0; tiles--)
        {
            Sum(source, slice, out TLanes a0, out TLanes a1);
            Sum(source + slice, slice, out TLanes b0, out TLanes b1);
            Sum(source + 2 * slice, slice, out TLanes c0, out TLanes c1);
            Sum(source + 3 * slice, slice, out TLanes d0, out TLanes d1);
            TLanes.Store(a0 + b0 + c0 + bias, row0);
            TLanes.Store(b0 - c0 + d0 + bias, row0 + Pixel);
            TLanes.Store(a1 + b1 + c1 + bias, row1);
            TLanes.Store(b1 - c1 + d1 + bias, row1 + Pixel);
            row0 += 2 * Pixel;
            row1 += 2 * Pixel;
            source += step;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Sum(float* source, long slice, out TLanes y0, out TLanes y1)
    {
        TLanes m1 = TLanes.Load(source + 4 * slice), m2 = TLanes.Load(source + 8 * slice);
        y0 = TLanes.Load(source) + m1 + m2;
        y1 = m1 - m2 + TLanes.Load(source + 12 * slice);
    }

    /// <summary>Z = A dy Aᵀ for neighbouring tiles, from two rows of pixels.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void OutputGradient(float* row0, float* row1, long tiles, float* target, long step, long slice)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        for (; tiles > 0; tiles--)
        {
            TLanes a0 = TLanes.Load(row0), b0 = TLanes.Load(row0 + Pixel), a1 = TLanes.Load(row1), b1 = TLanes.Load(row1 + Pixel);
            float* to = target;
            Spread(a0, b0, to, slice);
            Spread(a0 + a1, b0 + b1, to += 4 * slice, slice);
            Spread(a0 - a1, b0 - b1, to += 4 * slice, slice);
            Spread(a1, b1, to += 4 * slice, slice);
            row0 += 2 * Pixel;
            row1 += 2 * Pixel;
            target += step;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Spread(TLanes a, TLanes b, float* target, long slice)
    {
        TLanes.Store(a, target);
        TLanes.Store(a + b, target + slice);
        TLanes.Store(a - b, target + 2 * slice);
        TLanes.Store(b, target + 3 * slice);
    }

    /// <summary>U = G g Gᵀ of one vector of filters, the taps of which lie <paramref name="tap"/> apart (negative: from the last to the first).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Filter(float* source, long tap, float* target, long slice)
    {
        Widen(TLanes.Load(source), TLanes.Load(source + 3 * tap), TLanes.Load(source + 6 * tap), out TLanes a0, out TLanes a1, out TLanes a2, out TLanes a3);
        source += tap;
        Widen(TLanes.Load(source), TLanes.Load(source + 3 * tap), TLanes.Load(source + 6 * tap), out TLanes b0, out TLanes b1, out TLanes b2, out TLanes b3);
        source += tap;
        Widen(TLanes.Load(source), TLanes.Load(source + 3 * tap), TLanes.Load(source + 6 * tap), out TLanes c0, out TLanes c1, out TLanes c2, out TLanes c3);
        Put(a0, b0, c0, target, slice);
        Put(a1, b1, c1, target += 4 * slice, slice);
        Put(a2, b2, c2, target += 4 * slice, slice);
        Put(a3, b3, c3, target += 4 * slice, slice);

        static void Put(TLanes a, TLanes b, TLanes c, float* target, long slice)
        {
            Widen(a, b, c, out TLanes u0, out TLanes u1, out TLanes u2, out TLanes u3);
            TLanes.Store(u0, target);
            TLanes.Store(u1, target + slice);
            TLanes.Store(u2, target + 2 * slice);
            TLanes.Store(u3, target + 3 * slice);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Widen(TLanes g0, TLanes g1, TLanes g2, out TLanes u0, out TLanes u1, out TLanes u2, out TLanes u3)
    {
        TLanes half = TLanes.All(0.5f), ends = half * (g0 + g2), middle = half * g1;
        (u0, u1, u2, u3) = (g0, ends + middle, ends - middle, g2);
    }

    /// <summary>dg = Gᵀ W G of one vector of weights: nine taps, <paramref name="tap"/> apart, from the sum of some parts of W.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FilterGradient(float* source, long slice, long parts, long part, float* target, long tap)
    {
        Column(source, out TLanes a0, out TLanes a1, out TLanes a2);
        Column(source + slice, out TLanes b0, out TLanes b1, out TLanes b2);
        Column(source + 2 * slice, out TLanes c0, out TLanes c1, out TLanes c2);
        Column(source + 3 * slice, out TLanes d0, out TLanes d1, out TLanes d2);
        Put(a0, b0, c0, d0, target);
        Put(a1, b1, c1, d1, target + 3 * tap);
        Put(a2, b2, c2, d2, target + 6 * tap);

        void Column(float* from, out TLanes g0, out TLanes g1, out TLanes g2) =>
            Narrow(Sum(from), Sum(from + 4 * slice), Sum(from + 8 * slice), Sum(from + 12 * slice), out g0, out g1, out g2);

        TLanes Sum(float* from)
        {
            TLanes sum = TLanes.Load(from);
            for (long i = 1; i < parts; i++) sum += TLanes.Load(from + i * part);
            return sum;
        }

        void Put(TLanes a, TLanes b, TLanes c, TLanes d, float* to)
        {
            Narrow(a, b, c, d, out TLanes g0, out TLanes g1, out TLanes g2);
            TLanes.Store(g0, to);
            TLanes.Store(g1, to + tap);
            TLanes.Store(g2, to + 2 * tap);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Narrow(TLanes w0, TLanes w1, TLanes w2, TLanes w3, out TLanes g0, out TLanes g1, out TLanes g2)
    {
        TLanes half = TLanes.All(0.5f), sum = half * (w1 + w2);
        (g0, g1, g2) = (w0 + sum, half * (w1 - w2), sum + w3);
    }
}
