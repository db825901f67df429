using System.Runtime.CompilerServices;

namespace Adjoint.Kernels.Lanes;

// Powers, roots, reciprocals and the sign.
internal static unsafe partial class LaneMath
{
    public static V Pow<V, T>(V x, V y)
        where V : struct, ILanes<V, T> => V.Each(x, y, &Math.Pow);

    public static V Cbrt<V, T>(V x)
        where V : struct, ILanes<V, T> => V.Each(x, &Math.Cbrt);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Rsqrt<V, T>(V x)
        where V : struct, ILanes<V, T> => C<V, T>(1) / V.Sqrt(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Reciprocal<V, T>(V x)
        where V : struct, ILanes<V, T> => C<V, T>(1) / x;

    /// <summary>−1 or 1; ±0 and NaN stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sign<V, T>(V x)
        where V : struct, ILanes<V, T>
    {
        V zero = C<V, T>(0);
        return V.Select(V.Less(zero, x), C<V, T>(1), V.Select(V.Less(x, zero), C<V, T>(-1), x));
    }
}
