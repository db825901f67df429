using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Reduction;

/// <summary>How two partial results of a reduction make one. Associative but for rounding; written once for every width and for integers.</summary>
internal interface IFold
{
    static abstract V Combine<V, T>(V a, V b) where V : struct, ILanes<V, T>;

    static abstract long Combine(long a, long b);

    /// <summary>The result of reducing nothing.</summary>
    static abstract double Identity { get; }

    /// <inheritdoc cref="Identity"/>
    static abstract long WholeIdentity { get; }
}

internal readonly struct Adding : IFold
{
    public static double Identity => 0;
    public static long WholeIdentity => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<V, T>(V a, V b) where V : struct, ILanes<V, T> => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Combine(long a, long b) => a + b;
}

internal readonly struct Multiplying : IFold
{
    public static double Identity => 1;
    public static long WholeIdentity => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<V, T>(V a, V b) where V : struct, ILanes<V, T> => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Combine(long a, long b) => a * b;
}

internal readonly struct Largest : IFold
{
    public static double Identity => double.NegativeInfinity;
    public static long WholeIdentity => long.MinValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<V, T>(V a, V b) where V : struct, ILanes<V, T> => V.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Combine(long a, long b) => Math.Max(a, b);
}

internal readonly struct Smallest : IFold
{
    public static double Identity => double.PositiveInfinity;
    public static long WholeIdentity => long.MaxValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<V, T>(V a, V b) where V : struct, ILanes<V, T> => V.Min(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Combine(long a, long b) => Math.Min(a, b);
}
