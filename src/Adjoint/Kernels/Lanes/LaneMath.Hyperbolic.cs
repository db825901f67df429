using System.Runtime.CompilerServices;

namespace Adjoint.Kernels.Lanes;

// Hyperbolic functions and their inverses.
internal static unsafe partial class LaneMath
{
    // With y = expm1(−2|x|), which needs no overflow guard and keeps small x exact: tanh|x| = −y/(2 + y), and |y| = −y, also at zero.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<V, T>(V x)
        where V : struct, ILanes<V, T>
    {
        V r = Reduce<V, T>(C<V, T>(-2) * V.AtMost(V.Abs(x), C<V, T>(10f, 20)), out V n);
        V s = V.PowerOfTwo(n);
        V y = V.MultiplyAdd(s, V.MultiplyAdd(r * r, ExpTail<V, T>(r), r), s - C<V, T>(1));
        return V.Or(V.Abs(y) / (C<V, T>(2) + y), SignOf<V, T>(x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sinh<V, T>(V x)
        where V : struct, ILanes<V, T> => Call<V, T>(x, &SinhInto<V, T>);

    // With h = expm1(|x|)/2: sinh|x| = h + h/(2h + 1); far out it is e^|x|/2, halved before it overflows.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void SinhInto<V, T>(V* at)
        where V : struct, ILanes<V, T>
    {
        V x = *at;
        V a = V.Abs(x);
        V r = Reduce<V, T>(V.AtMost(a, C<V, T>(20f, 40)), out V n);
        V s = V.PowerOfTwo(n - C<V, T>(1));
        V h = V.MultiplyAdd(s, V.MultiplyAdd(r * r, ExpTail<V, T>(r), r), s - C<V, T>(0.5));
        V near = V.Select(V.Less(a, C<V, T>(1e-5f, 1e-9)), a, h + h / V.MultiplyAdd(h, C<V, T>(2), C<V, T>(1)));
        *at = V.Or(V.Select(V.Less(a, C<V, T>(20f, 40)), near, Half<V, T>(a)), SignOf<V, T>(x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Cosh<V, T>(V x)
        where V : struct, ILanes<V, T> => Call<V, T>(x, &CoshInto<V, T>);

    // e^|x|/2 + e^(−|x|)/2.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void CoshInto<V, T>(V* at)
        where V : struct, ILanes<V, T>
    {
        V x = *at;
        V y = Half<V, T>(V.Abs(x));
        *at = y + C<V, T>(0.25) / y;
    }

    /// <summary>e^x / 2 for x ≥ 0, also where e^x is beyond the range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Half<V, T>(V x)
        where V : struct, ILanes<V, T>
    {
        V r = Reduce<V, T>(V.AtMost(x, C<V, T>(90f, 711)), out V n);
        return V.Scale(V.MultiplyAdd(r * r, ExpTail<V, T>(r), r) + C<V, T>(1), n - C<V, T>(1));
    }

    public static V Asinh<V, T>(V x)
        where V : struct, ILanes<V, T> => V.Each(x, &Math.Asinh);

    public static V Acosh<V, T>(V x)
        where V : struct, ILanes<V, T> => V.Each(x, &Math.Acosh);

    public static V Atanh<V, T>(V x)
        where V : struct, ILanes<V, T> => V.Each(x, &Math.Atanh);
}
