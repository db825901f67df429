using System.Runtime.CompilerServices;
using static Adjoint.Vocabulary;

namespace Adjoint.Kernels.Lanes;

// x·G(x) and its slope, for gates with G(−x) = 1 − G(x): everything follows from the left side, whose values in float are read
// off a table of polynomials.
internal static unsafe partial class LaneMath
{
    static readonly float* NormalGate = Segments.Of(NormalTail), NormalSlope = Segments.Of(a => Vocabulary.GeluSlope(-a));
    static readonly float* LogisticGate = Segments.Of(a => Vocabulary.Sigmoid(-TanhGate(a))), LogisticSlope = Segments.Of(a => Vocabulary.GeluTanhSlope(-a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Gelu<V, T>(V x)
        where V : struct, ILanes<V, T>
    {
        V a = Limited<V, T>(x);
        return Gated<V, T>(x, a, typeof(T) == typeof(float) ? Segments.At<V, T>((T*)NormalGate, a) : HalfErfc<V, T>(a));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V GeluSlope<V, T>(V x)
        where V : struct, ILanes<V, T>
    {
        V a = Limited<V, T>(x);
        if (typeof(T) == typeof(float)) return Mirrored<V, T>(x, Segments.At<V, T>((T*)NormalSlope, a));
        V density = C<V, T>(NormalDensityOfZero) * ExpFalling<V, T>(C<V, T>(-0.5) * a * a);
        return Mirrored<V, T>(x, HalfErfc<V, T>(a) - (a * density));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V GeluTanh<V, T>(V x)
        where V : struct, ILanes<V, T>
    {
        V a = Limited<V, T>(x);
        return Gated<V, T>(x, a, typeof(T) == typeof(float) ? Segments.At<V, T>((T*)LogisticGate, a) : LogisticTail<V, T>(a));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V GeluTanhSlope<V, T>(V x)
        where V : struct, ILanes<V, T>
    {
        V a = Limited<V, T>(x);
        if (typeof(T) == typeof(float)) return Mirrored<V, T>(x, Segments.At<V, T>((T*)LogisticSlope, a));
        V tail = LogisticTail<V, T>(a), rise = V.MultiplyAdd(a * a, C<V, T>(3 * TanhGateCubic), C<V, T>(TanhGateSlope));
        return Mirrored<V, T>(x, tail - (a * tail * (C<V, T>(1) - tail) * rise));
    }

    /// <summary>|x|, or where all tails are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Limited<V, T>(V x)
        where V : struct, ILanes<V, T> => V.AtMost(V.Abs(x), C<V, T>(typeof(T) == typeof(float) ? Segments.End : GeluEnd));

    /// <summary>x·G(x) = max(x, 0) − |x|·G(−|x|): on the left nothing cancels, on the right it is rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Gated<V, T>(V x, V a, V tail)
        where V : struct, ILanes<V, T> => V.MultiplyAdd(-a, tail, V.Select(V.Less(x, C<V, T>(0)), C<V, T>(-0.0), x));

    /// <summary>A function whose values at x and −x add up to 1, from its value at −|x|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Mirrored<V, T>(V x, V left)
        where V : struct, ILanes<V, T> => V.Select(V.Less(x, C<V, T>(0)), left, C<V, T>(1) - left);

    /// <summary>Φ(−a).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V HalfErfc<V, T>(V a)
        where V : struct, ILanes<V, T> => C<V, T>(0.5) * Erfc<V, T>(a * C<V, T>(0.70710678118654752));

    /// <summary>σ(−w(a)), w as in <see cref="TanhGate"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V LogisticTail<V, T>(V a)
        where V : struct, ILanes<V, T> => Sigmoid<V, T>(-a * V.MultiplyAdd(a * a, C<V, T>(TanhGateCubic), C<V, T>(TanhGateSlope)));
}
