using System.Runtime.CompilerServices;

namespace Adjoint.Kernels.Lanes;

// The error function.
internal static unsafe partial class LaneMath
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erf<V, T>(V x)
        where V : struct, ILanes<V, T> => Call<V, T>(x, &ErfInto<V, T>);

    // Near zero x + x·P(x²). Beyond, 1 − erfc: in float ln erfc itself is a polynomial (erfc ≤ 0.2 there, so its error counts
    // little), in double erfc takes its own road.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void ErfInto<V, T>(V* at)
        where V : struct, ILanes<V, T>
    {
        V x = *at;
        V a = V.Abs(x);
        V near = V.MultiplyAdd(a, ErfSeries<V, T>(a * a), a), far;
        if (typeof(T) == typeof(float))
        {
            V t = V.AtMost(a, C<V, T>(4));
            V p = C<V, T>(0.000195922093285);
            p = Step<V, T>(p, t, -0.00304308136208);
            p = Step<V, T>(p, t, 0.0222264209793);
            p = Step<V, T>(p, t, -0.103930630348);
            p = Step<V, T>(p, t, -0.637183293608);
            p = Step<V, T>(p, t, -1.12767502458);
            p = Step<V, T>(p, t, -0.000195819070866);
            V r = Reduce<V, T>(p, out V n);
            r = V.MultiplyAdd(r * r, ExpTail<V, T>(r), r) + C<V, T>(1);
            far = V.MultiplyAdd(-r, V.PowerOfTwo(n), C<V, T>(1));
        }
        else
        {
            far = C<V, T>(1) - ErfcTail<V, T>(V.AtMost(a, C<V, T>(6)));
        }
        *at = V.Or(V.Select(V.Less(a, C<V, T>(0.92f, 1)), near, far), SignOf<V, T>(x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erfc<V, T>(V x)
        where V : struct, ILanes<V, T> => Call<V, T>(x, &ErfcInto<V, T>);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void ErfcInto<V, T>(V* at)
        where V : struct, ILanes<V, T>
    {
        V x = *at;
        V a = V.Abs(x);
        V near = C<V, T>(1) - V.MultiplyAdd(x, ErfSeries<V, T>(x * x), x);
        V tail = ErfcTail<V, T>(V.AtMost(a, C<V, T>(10.1f, 27.3)));
        V far = V.Select(V.Less(x, C<V, T>(0)), C<V, T>(2) - tail, tail);
        *at = V.Select(V.Less(a, C<V, T>(0.8)), near, far);
    }

    // erfc(a)·e^(a²)·(1 + 2a) is smooth on the whole half-line, which t = (a − k)/(a + k) folds into one interval
    // (Shepherd & Laframboise, Math. Comp. 36, 1981); the polynomial holds from a = 0.49 on. What the roundings of t and of a²
    // lose is computed and put back.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V ErfcTail<V, T>(V a)
        where V : struct, ILanes<V, T>
    {
        V k = C<V, T>(3f, 4);
        V inverse = C<V, T>(1) / (a + k);
        V t = (a - k) * inverse;
        V rest = V.MultiplyAdd(-t, a, V.MultiplyAdd(t + C<V, T>(1), -k, a)); // a − k − t·(a + k)
        t = V.MultiplyAdd(inverse, rest, t);
        V p;
        if (typeof(T) == typeof(float))
        {
            p = C<V, T>(-0.00053675609802097942);
            p = Step<V, T>(p, t, 0.0018275579766388853);
            p = Step<V, T>(p, t, 0.0023957670154369508);
            p = Step<V, T>(p, t, -0.023758185395233825);
            p = Step<V, T>(p, t, 0.068337119222522335);
            p = Step<V, T>(p, t, -0.1192747919176066);
            p = Step<V, T>(p, t, 0.12964267923868618);
            p = Step<V, T>(p, t, -0.047562242087108106);
            p = Step<V, T>(p, t, -0.13562104793550881);
            p = Step<V, T>(p, t, 1.2530080576827775);
        }
        else
        {
            p = C<V, T>(-1.0680881933996071e-8);
            p = Step<V, T>(p, t, -1.2352131896658526e-8);
            p = Step<V, T>(p, t, 1.0624479974150991e-7);
            p = Step<V, T>(p, t, 6.7365998919889017e-8);
            p = Step<V, T>(p, t, -8.2322665152034114e-7);
            p = Step<V, T>(p, t, 2.9917198910462966e-7);
            p = Step<V, T>(p, t, 5.7090825469292717e-6);
            p = Step<V, T>(p, t, -1.1224491466703318e-5);
            p = Step<V, T>(p, t, -2.4399160897358843e-5);
            p = Step<V, T>(p, t, 0.00015062240463076089);
            p = Step<V, T>(p, t, -0.00019925666860111988);
            p = Step<V, T>(p, t, -0.00075777342770383327);
            p = Step<V, T>(p, t, 0.0050319699685268989);
            p = Step<V, T>(p, t, -0.016197734041212734);
            p = Step<V, T>(p, t, 0.037167515538858588);
            p = Step<V, T>(p, t, -0.066330365813370435);
            p = Step<V, T>(p, t, 0.093732834998252929);
            p = Step<V, T>(p, t, -0.10103906603626335);
            p = Step<V, T>(p, t, 0.06809705425469561);
            p = Step<V, T>(p, t, 0.015379652102619176);
            p = Step<V, T>(p, t, -0.13962111684056254);
            p = Step<V, T>(p, t, 1.2329951186255525);
        }
        V h = a * a;
        V l = V.MultiplyAdd(a, a, -h);
        V r = Reduce<V, T>(-h, out V n) - l;
        V e = V.MultiplyAdd(r * r, ExpTail<V, T>(r), r);
        return V.Scale(V.MultiplyAdd(e, p, p) / V.MultiplyAdd(a, C<V, T>(2), C<V, T>(1)), n);
    }

    /// <summary>erf(x)/x − 1 as a polynomial in x², for |x| ≤ 0.92 (float) or 1 (double).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V ErfSeries<V, T>(V z)
        where V : struct, ILanes<V, T>
    {
        V p;
        if (typeof(T) == typeof(float))
        {
            p = C<V, T>(8.3518970807499602e-5);
            p = Step<V, T>(p, z, -0.00081387923857450704);
            p = Step<V, T>(p, z, 0.0052007296667078833);
            p = Step<V, T>(p, z, -0.026859297260767108);
            p = Step<V, T>(p, z, 0.11283694149671573);
            p = Step<V, T>(p, z, -0.37612633688133019);
            p = Step<V, T>(p, z, 0.12837916663832227);
        }
        else
        {
            p = C<V, T>(5.9571761477489114e-11);
            p = Step<V, T>(p, z, -1.1372848856791674e-9);
            p = Step<V, T>(p, z, 1.4659775274047436e-8);
            p = Step<V, T>(p, z, -1.6350312701054695e-7);
            p = Step<V, T>(p, z, 1.6461000484121368e-6);
            p = Step<V, T>(p, z, -1.4925595266831182e-5);
            p = Step<V, T>(p, z, 0.00012055331111642711);
            p = Step<V, T>(p, z, -0.00085483269808337899);
            p = Step<V, T>(p, z, 0.0052239776248180145);
            p = Step<V, T>(p, z, -0.026866170645076793);
            p = Step<V, T>(p, z, 0.11283791670954879);
            p = Step<V, T>(p, z, -0.37612638903183748);
            p = Step<V, T>(p, z, 0.12837916709551257);
        }
        return p;
    }
}
