using System.Runtime.CompilerServices;

namespace Adjoint.Kernels.Lanes;

// The logistic family, on e^(−|x|), which neither overflows nor loses the tails.
internal static unsafe partial class LaneMath
{
    // 1/(1 + e⁻ˣ) on the right, eˣ/(1 + eˣ) on the left: the two differ in the numerator only.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V, T>(V x)
        where V : struct, ILanes<V, T>
    {
        V e = ExpFalling<V, T>(-V.Abs(x));
        return V.Select(V.Less(x, C<V, T>(0)), e, C<V, T>(1)) / (C<V, T>(1) + e);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Softplus<V, T>(V x)
        where V : struct, ILanes<V, T> => Call<V, T>(x, &SoftplusInto<V, T>);

    /// <summary>max(x, 0) + ln(1 + e^(−|x|)).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void SoftplusInto<V, T>(V* at)
        where V : struct, ILanes<V, T>
    {
        V x = *at;
        *at = V.Select(V.Less(C<V, T>(0), x), x, C<V, T>(0)) + Log1pUnit<V, T>(ExpFalling<V, T>(-V.Abs(x)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LogSigmoid<V, T>(V x)
        where V : struct, ILanes<V, T> => Call<V, T>(x, &LogSigmoidInto<V, T>);

    /// <summary>min(x, 0) − ln(1 + e^(−|x|)).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void LogSigmoidInto<V, T>(V* at)
        where V : struct, ILanes<V, T>
    {
        V x = *at;
        *at = V.Select(V.Less(x, C<V, T>(0)), x, C<V, T>(0)) - Log1pUnit<V, T>(ExpFalling<V, T>(-V.Abs(x)));
    }
}
