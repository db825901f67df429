using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint.Kernels.Lanes;

/// <summary>
/// Elementary functions over lanes. Each is one sequence of lane operations for all widths, so that a value gives the
/// same bits wherever it stands in a range. What they mean is defined, in <see cref="double"/>, by <see cref="Math"/> and
/// <see cref="Vocabulary"/>.
/// </summary>
/// <remarks>
/// Short functions are inlined. A long one is a method of its own, that takes its argument through <see cref="Call"/>: a
/// kernel with several of them inlined would exceed what the compiler is willing to inline (512 locals), and a vector passed
/// by value is copied in pieces too small for the load that follows them.
/// Where no source is named, polynomial coefficients were computed for this file: Chebyshev interpolation of the stated
/// function, on the stated interval, in 50 digits, to an error below 2⁻²⁶ (float) or 2⁻⁵⁶ (double) of the result.
/// </remarks>
internal static unsafe partial class LaneMath
{
    /// <summary>A constant, rounded to the precision of the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V C<V, T>(double value)
        where V : struct, ILanes<V, T> => V.All(typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>((float)value) : Unsafe.BitCast<double, T>(value));

    /// <summary>A constant that differs by precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V C<V, T>(float single, double value)
        where V : struct, ILanes<V, T> => V.All(typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>(single) : Unsafe.BitCast<double, T>(value));

    /// <summary>One step of Horner's rule: p·x + c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Step<V, T>(V p, V x, double c)
        where V : struct, ILanes<V, T> => V.MultiplyAdd(p, x, C<V, T>(c));

    /// <summary>The sign bit of each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V SignOf<V, T>(V x)
        where V : struct, ILanes<V, T> => V.And(x, C<V, T>(-0.0));

    /// <summary>Whether a mask has a lane set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool AnySet<V, T>(V mask)
        where V : struct, ILanes<V, T>
    {
        T sum = V.Sum(V.And(mask, C<V, T>(1)));
        return typeof(T) == typeof(float) ? Unsafe.BitCast<T, float>(sum) != 0 : Unsafe.BitCast<T, double>(sum) != 0;
    }

    /// <summary>Whether an integer-valued lane is odd.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V IsOdd<V, T>(V n)
        where V : struct, ILanes<V, T>
    {
        V half = n * C<V, T>(0.5);
        return V.Less(V.Floor(half), half);
    }

    /// <summary>Calls a long function with its argument in memory.</summary>
    /// <remarks>
    /// The place is aligned to a cache line: what was stored across two lines cannot be forwarded to a load that follows at
    /// once, and waiting for the cache would cost more than the function itself.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    [SkipLocalsInit]
    static V Call<V, T>(V x, delegate*<V*, void> function)
        where V : struct, ILanes<V, T>
    {
        Unsafe.SkipInit(out TwoCacheLines lines);
        V* place = (V*)(((nint)(&lines) + 63) & ~63);
        *place = x;
        function(place);
        return *place;
    }

    /// <summary>A lookup where no instruction does it: a value at a time.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static V LookupEach<V, T>(T* table, V index)
        where V : struct, ILanes<V, T>
    {
        T* lanes = (T*)&index;
        for (int i = 0; i < V.Count; i++) lanes[i] = Lane<T>.Lookup(table, lanes[i]).Value;
        return index;
    }

    [StructLayout(LayoutKind.Sequential, Size = 128)]
    readonly struct TwoCacheLines;
}
