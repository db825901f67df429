using System.Runtime.CompilerServices;

namespace Adjoint.Kernels.Lanes;

// Circular functions. x = n·π/2 + r with |r| ≤ π/4; n modulo 4 says which of ±sin r, ±cos r is meant. The reduction holds to
// |x| = 10⁵ (float) or 10⁹ (double); rare lanes beyond that are done one by one.
internal static unsafe partial class LaneMath
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sin<V, T>(V x)
        where V : struct, ILanes<V, T> => Call<V, T>(x, &SinInto<V, T>);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void SinInto<V, T>(V* at)
        where V : struct, ILanes<V, T>
    {
        V x = *at;
        V r = ReduceAngle<V, T>(x, out V n);
        V y = V.Select(IsOdd<V, T>(n), CosSeries<V, T>(r), SinSeries<V, T>(r));
        V flip = V.And(IsOdd<V, T>(V.Floor(n * C<V, T>(0.5))), C<V, T>(-0.0));
        y = V.Select(V.Equal(x, C<V, T>(0)), x, V.Xor(y, flip));
        V large = V.Less(C<V, T>(1e5f, 1e9), V.Abs(x));
        *at = AnySet<V, T>(large) ? V.Select(large, V.Each(x, &Math.Sin), y) : y;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Cos<V, T>(V x)
        where V : struct, ILanes<V, T> => Call<V, T>(x, &CosInto<V, T>);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void CosInto<V, T>(V* at)
        where V : struct, ILanes<V, T>
    {
        V x = *at;
        V r = ReduceAngle<V, T>(x, out V n);
        V y = V.Select(IsOdd<V, T>(n), SinSeries<V, T>(r), CosSeries<V, T>(r));
        V flip = V.And(IsOdd<V, T>(V.Floor((n + C<V, T>(1)) * C<V, T>(0.5))), C<V, T>(-0.0));
        y = V.Xor(y, flip);
        V large = V.Less(C<V, T>(1e5f, 1e9), V.Abs(x));
        *at = AnySet<V, T>(large) ? V.Select(large, V.Each(x, &Math.Cos), y) : y;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tan<V, T>(V x)
        where V : struct, ILanes<V, T> => Call<V, T>(x, &TanInto<V, T>);

    // sin/cos, turned into −cos/sin in odd quadrants.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void TanInto<V, T>(V* at)
        where V : struct, ILanes<V, T>
    {
        V x = *at;
        V r = ReduceAngle<V, T>(x, out V n);
        V odd = IsOdd<V, T>(n), sin = SinSeries<V, T>(r), cos = CosSeries<V, T>(r);
        V y = V.Select(odd, -cos, sin) / V.Select(odd, sin, cos);
        y = V.Select(V.Equal(x, C<V, T>(0)), x, y);
        V large = V.Less(C<V, T>(1e5f, 1e9), V.Abs(x));
        *at = AnySet<V, T>(large) ? V.Select(large, V.Each(x, &Math.Tan), y) : y;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Atan<V, T>(V x)
        where V : struct, ILanes<V, T> => Call<V, T>(x, &AtanInto<V, T>);

    // |x| is first turned by 0, π/4 or π/2, so that the series sees at most tan(π/8); one division serves all three.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void AtanInto<V, T>(V* at)
        where V : struct, ILanes<V, T>
    {
        V x = *at;
        V a = V.Abs(x);
        V middle = V.Less(C<V, T>(0.41421356237309505), a), far = V.Less(C<V, T>(2.41421356237309505), a);
        V above = V.Select(far, C<V, T>(-1), V.Select(middle, a - C<V, T>(1), a));
        V below = V.Select(far, a, V.Select(middle, a + C<V, T>(1), C<V, T>(1)));
        V turned = V.Select(far, C<V, T>(1.57079632679489656), V.Select(middle, C<V, T>(0.785398163397448279), C<V, T>(0)));
        V rest = V.Select(far, C<V, T>(-4.37113882867379289e-8f, 6.12323399573676604e-17), V.Select(middle, C<V, T>(-2.18556941433689644e-8f, 3.06161699786838302e-17), C<V, T>(0)));
        V t = above / below;
        V z = t * t;
        V p;
        if (typeof(T) == typeof(float))
        {
            p = C<V, T>(-0.064498352245914959);
            p = Step<V, T>(p, z, 0.1074309966767457);
            p = Step<V, T>(p, z, -0.14263897112598675);
            p = Step<V, T>(p, z, 0.19999538794771921);
            p = Step<V, T>(p, z, -0.33333331753816969);
        }
        else
        {
            p = C<V, T>(0.01627194475162406);
            p = Step<V, T>(p, z, -0.034558092551413796);
            p = Step<V, T>(p, z, 0.045511081263251719);
            p = Step<V, T>(p, z, -0.052303478730160742);
            p = Step<V, T>(p, z, 0.058789145444006217);
            p = Step<V, T>(p, z, -0.066664236280692576);
            p = Step<V, T>(p, z, 0.076922963049744701);
            p = Step<V, T>(p, z, -0.090909087510766359);
            p = Step<V, T>(p, z, 0.11111111105106705);
            p = Step<V, T>(p, z, -0.14285714285659327);
            p = Step<V, T>(p, z, 0.19999999999999803);
            p = Step<V, T>(p, z, -0.33333333333333333);
        }
        V y = turned + (V.MultiplyAdd(t * z, p, rest) + t);
        *at = V.Or(V.Abs(y), SignOf<V, T>(x));
    }

    public static V Asin<V, T>(V x)
        where V : struct, ILanes<V, T> => V.Each(x, &Math.Asin);

    public static V Acos<V, T>(V x)
        where V : struct, ILanes<V, T> => V.Each(x, &Math.Acos);

    public static V Atan2<V, T>(V y, V x)
        where V : struct, ILanes<V, T> => V.Each(y, x, &Math.Atan2);

    // π/2 in three pieces. The first fused step is exact; what the next two round is relative to the small remainder, which
    // therefore keeps its precision however close x is to a multiple of π/2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V ReduceAngle<V, T>(V x, out V n)
        where V : struct, ILanes<V, T>
    {
        n = V.Round(x * C<V, T>(0.63661977236758134));
        V r = V.MultiplyAdd(n, C<V, T>(-1.57079632679489656), x);
        r = V.MultiplyAdd(n, C<V, T>(4.37113882867379289e-8f, -6.12323399573676604e-17), r);
        return V.MultiplyAdd(n, C<V, T>(1.71512451000588187e-15f, 1.49738490485916983e-33), r);
    }

    /// <summary>sin r = r + r³·P(r²) for |r| ≤ π/4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V SinSeries<V, T>(V r)
        where V : struct, ILanes<V, T>
    {
        V z = r * r;
        V p;
        if (typeof(T) == typeof(float))
        {
            p = C<V, T>(-0.00019586882765702046);
            p = Step<V, T>(p, z, 0.008332743595181824);
            p = Step<V, T>(p, z, -0.16666664638209855);
        }
        else
        {
            p = C<V, T>(1.5917567478906799e-10);
            p = Step<V, T>(p, z, -2.5051124031382081e-8);
            p = Step<V, T>(p, z, 2.7557316064986772e-6);
            p = Step<V, T>(p, z, -0.00019841269836686008);
            p = Step<V, T>(p, z, 0.0083333333333309004);
            p = Step<V, T>(p, z, -0.16666666666666665);
        }
        return V.MultiplyAdd(z * p, r, r);
    }

    /// <summary>cos r = 1 − r²/2 + r⁴·P(r²) for |r| ≤ π/4; 1 − (1 − r²/2) − r²/2 gives back what the first difference rounds off.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V CosSeries<V, T>(V r)
        where V : struct, ILanes<V, T>
    {
        V z = r * r;
        V p;
        if (typeof(T) == typeof(float))
        {
            p = C<V, T>(2.4546931841332071e-5);
            p = Step<V, T>(p, z, -0.0013888298350940013);
            p = Step<V, T>(p, z, 0.04166666463535246);
        }
        else
        {
            p = C<V, T>(-1.1382280957702633e-11);
            p = Step<V, T>(p, z, 2.0876141380294957e-9);
            p = Step<V, T>(p, z, -2.7557317248229366e-7);
            p = Step<V, T>(p, z, 2.4801587298720292e-5);
            p = Step<V, T>(p, z, -0.0013888888888887367);
            p = Step<V, T>(p, z, 0.041666666666666665);
        }
        V half = C<V, T>(0.5) * z;
        V one = C<V, T>(1) - half;
        return one + V.MultiplyAdd(z * z, p, C<V, T>(1) - one - half);
    }
}
