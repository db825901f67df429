using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Gemm;

/// <summary>The innermost product: a tile of C in registers, k outer products of a column of A and a row of B.</summary>
internal static unsafe class MicroKernel
{
    /// <summary>C = A·B + D, where D is C, a row (<paramref name="dRow"/> 0) or null. Row i of A is at <c>a + i·aRow</c>, its column p at <c>+ p·aColumn</c>; row p of B at <c>b + p·bRow</c>.</summary>
    /// <remarks>
    /// Up to 24 accumulators, two vectors of B and one broadcast element of A live at once: 27 of AVX-512's 32 registers, or 15
    /// of AVX2's 16 with six rows. Each step reads 2 vectors and 12 scalars for 24 multiply-adds, so the arithmetic is the limit.
    /// The accumulators must be named locals: an array or an indexed struct would live in memory. Summing from zero and adding D
    /// last makes C's cache misses overlap the loop (it is prefetched first, also where it is only written) and keeps the rounding error of long sums small.
    /// C may be BF16 (<typeparamref name="TResult"/>; then D is elsewhere): sums are rounded in their registers.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run<TLanes, T, TTile, TResult>(long k, T* a, long aRow, long aColumn, T* b, long bRow, TResult* c, long cRow, T* d, long dRow)
        where TLanes : struct, ILanes<TLanes, T>
        where TTile : struct, ITileShape
    {
        Compiled.AtOnce(stackalloc byte[1]);
        bool two = TTile.Vectors == 2;
        Prefetch<TResult, TTile>(c, cRow);
        if (typeof(TResult) != typeof(T) && d != null && dRow != 0) Prefetch<T, TTile>(d, dRow);
        TLanes c0l = default, c0r = default;
        TLanes c1l = default, c1r = default;
        TLanes c2l = default, c2r = default;
        TLanes c3l = default, c3r = default;
        TLanes c4l = default, c4r = default;
        TLanes c5l = default, c5r = default;
        TLanes c6l = default, c6r = default;
        TLanes c7l = default, c7r = default;
        TLanes c8l = default, c8r = default;
        TLanes c9l = default, c9r = default;
        TLanes c10l = default, c10r = default;
        TLanes c11l = default, c11r = default;
        long aRow2 = 2 * aRow, aRow3 = 3 * aRow;
        T* a4 = a + 4 * aRow;
        T* a8 = a + 8 * aRow;
        for (; k > 0; k--)
        {
            TLanes l = TLanes.Load(b), r = two ? TLanes.Load(b + TLanes.Count) : default, x;
            if (TTile.Rows > 0)
            {
                x = TLanes.All(*a);
                c0l = MultiplyAdd<TLanes, T>(x, l, c0l);
                if (two) c0r = MultiplyAdd<TLanes, T>(x, r, c0r);
            }
            if (TTile.Rows > 1)
            {
                x = TLanes.All(a[aRow]);
                c1l = MultiplyAdd<TLanes, T>(x, l, c1l);
                if (two) c1r = MultiplyAdd<TLanes, T>(x, r, c1r);
            }
            if (TTile.Rows > 2)
            {
                x = TLanes.All(a[aRow2]);
                c2l = MultiplyAdd<TLanes, T>(x, l, c2l);
                if (two) c2r = MultiplyAdd<TLanes, T>(x, r, c2r);
            }
            if (TTile.Rows > 3)
            {
                x = TLanes.All(a[aRow3]);
                c3l = MultiplyAdd<TLanes, T>(x, l, c3l);
                if (two) c3r = MultiplyAdd<TLanes, T>(x, r, c3r);
            }
            if (TTile.Rows > 4)
            {
                x = TLanes.All(*a4);
                c4l = MultiplyAdd<TLanes, T>(x, l, c4l);
                if (two) c4r = MultiplyAdd<TLanes, T>(x, r, c4r);
            }
            if (TTile.Rows > 5)
            {
                x = TLanes.All(a4[aRow]);
                c5l = MultiplyAdd<TLanes, T>(x, l, c5l);
                if (two) c5r = MultiplyAdd<TLanes, T>(x, r, c5r);
            }
            if (TTile.Rows > 6)
            {
                x = TLanes.All(a4[aRow2]);
                c6l = MultiplyAdd<TLanes, T>(x, l, c6l);
                if (two) c6r = MultiplyAdd<TLanes, T>(x, r, c6r);
            }
            if (TTile.Rows > 7)
            {
                x = TLanes.All(a4[aRow3]);
                c7l = MultiplyAdd<TLanes, T>(x, l, c7l);
                if (two) c7r = MultiplyAdd<TLanes, T>(x, r, c7r);
            }
            if (TTile.Rows > 8)
            {
                x = TLanes.All(*a8);
                c8l = MultiplyAdd<TLanes, T>(x, l, c8l);
                if (two) c8r = MultiplyAdd<TLanes, T>(x, r, c8r);
            }
            if (TTile.Rows > 9)
            {
                x = TLanes.All(a8[aRow]);
                c9l = MultiplyAdd<TLanes, T>(x, l, c9l);
                if (two) c9r = MultiplyAdd<TLanes, T>(x, r, c9r);
            }
            if (TTile.Rows > 10)
            {
                x = TLanes.All(a8[aRow2]);
                c10l = MultiplyAdd<TLanes, T>(x, l, c10l);
                if (two) c10r = MultiplyAdd<TLanes, T>(x, r, c10r);
            }
            if (TTile.Rows > 11)
            {
                x = TLanes.All(a8[aRow3]);
                c11l = MultiplyAdd<TLanes, T>(x, l, c11l);
                if (two) c11r = MultiplyAdd<TLanes, T>(x, r, c11r);
            }
            a += aColumn;
            a4 += aColumn;
            a8 += aColumn;
            b += bRow;
        }

        if (d == null) dRow = 0;
        if (TTile.Rows > 0) Put<TLanes, T, TTile, TResult>(c0l, c0r, c + 0 * cRow, d + 0 * dRow);
        if (TTile.Rows > 1) Put<TLanes, T, TTile, TResult>(c1l, c1r, c + 1 * cRow, d + 1 * dRow);
        if (TTile.Rows > 2) Put<TLanes, T, TTile, TResult>(c2l, c2r, c + 2 * cRow, d + 2 * dRow);
        if (TTile.Rows > 3) Put<TLanes, T, TTile, TResult>(c3l, c3r, c + 3 * cRow, d + 3 * dRow);
        if (TTile.Rows > 4) Put<TLanes, T, TTile, TResult>(c4l, c4r, c + 4 * cRow, d + 4 * dRow);
        if (TTile.Rows > 5) Put<TLanes, T, TTile, TResult>(c5l, c5r, c + 5 * cRow, d + 5 * dRow);
        if (TTile.Rows > 6) Put<TLanes, T, TTile, TResult>(c6l, c6r, c + 6 * cRow, d + 6 * dRow);
        if (TTile.Rows > 7) Put<TLanes, T, TTile, TResult>(c7l, c7r, c + 7 * cRow, d + 7 * dRow);
        if (TTile.Rows > 8) Put<TLanes, T, TTile, TResult>(c8l, c8r, c + 8 * cRow, d + 8 * dRow);
        if (TTile.Rows > 9) Put<TLanes, T, TTile, TResult>(c9l, c9r, c + 9 * cRow, d + 9 * dRow);
        if (TTile.Rows > 10) Put<TLanes, T, TTile, TResult>(c10l, c10r, c + 10 * cRow, d + 10 * dRow);
        if (TTile.Rows > 11) Put<TLanes, T, TTile, TResult>(c11l, c11r, c + 11 * cRow, d + 11 * dRow);
    }

    /// <summary>Rounded once where the processor can; in two steps elsewhere, because emulating a fused operation costs a call per value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes MultiplyAdd<TLanes, T>(TLanes a, TLanes b, TLanes c)
        where TLanes : struct, ILanes<TLanes, T> =>
        Fma.IsSupported || AdvSimd.IsSupported ? TLanes.MultiplyAdd(a, b, c) : a * b + c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Put<TLanes, T, TTile, TResult>(TLanes l, TLanes r, TResult* c, T* d)
        where TLanes : struct, ILanes<TLanes, T>
        where TTile : struct, ITileShape
    {
        if (d != null)
        {
            l = TLanes.Load(d) + l;
            if (TTile.Vectors == 2) r = TLanes.Load(d + TLanes.Count) + r;
        }

        if (typeof(TResult) == typeof(BFloat16) && typeof(T) == typeof(float))
        {
            TLanes.StoreRounded(l, (BFloat16*)c);
            if (TTile.Vectors == 2) TLanes.StoreRounded(r, (BFloat16*)c + TLanes.Count);
            return;
        }

        TLanes.Store(l, (T*)c);
        if (TTile.Vectors == 2) TLanes.Store(r, (T*)c + TLanes.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Prefetch<T, TTile>(T* c, long cRow)
        where TTile : struct, ITileShape
    {
        if (!Sse.IsSupported) return;
        for (int i = 0; i < TTile.Rows; i++)
        {
            Sse.Prefetch0(c);
            if (TTile.Vectors == 2 && sizeof(T) > 2) Sse.Prefetch0((byte*)c + 64);
            c += cRow;
        }
    }
}
