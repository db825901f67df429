using System.Runtime.CompilerServices;

namespace Adjoint.Kernels.Lanes;

// The error function.
internal static unsafe partial class LaneMath
{
    // Near zero x + x·P(x²). Beyond, 1 − erfc: in float ln erfc itself is a polynomial (erfc ≤ 0.2 there, so its error counts
    // little), in double erfc takes its own road.
    public static V Erf<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
    {
        V a = V.Abs(x);
        V z = a * a;
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
        V near = V.MultiplyAdd(a, p, a), far;
        if (typeof(T) == typeof(float))
        {
            V t = V.Select(V.Less(C<V, T>(4), a), C<V, T>(4), a);
            p = C<V, T>(0.000195922093285);
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
            far = C<V, T>(1) - ErfcTail<V, T>(V.Select(V.Less(C<V, T>(6), a), C<V, T>(6), a));
        }
        return V.Or(V.Select(V.Less(a, C<V, T>(0.92f, 1)), near, far), SignOf<V, T>(x));
    }

    public static V Erfc<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
    {
        V a = V.Abs(x);
        V y = ErfcTail<V, T>(V.Select(V.Less(C<V, T>(10.1f, 27.3), a), C<V, T>(10.1f, 27.3), a));
        return V.Select(V.Less(x, C<V, T>(0)), C<V, T>(2) - y, y);
    }

    // erfc(a)·e^(a²)·(1 + 2a) is smooth on the whole half-line, which t = (a − k)/(a + k) folds into one interval
    // (Shepherd & Laframboise, Math. Comp. 36, 1981). The rounding of a² is undone to first order: e^(−l) = 1 − l.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V ErfcTail<V, T>(V a)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
    {
        V k = C<V, T>(3f, 4);
        V t = (a - k) / (a + k);
        V p;
        if (typeof(T) == typeof(float))
        {
            p = C<V, T>(-0.00027732692222332047);
            p = Step<V, T>(p, t, -0.00079833914154266116);
            p = Step<V, T>(p, t, 0.0019944745913543794);
            p = Step<V, T>(p, t, 0.0025794346849404746);
            p = Step<V, T>(p, t, -0.023790234182879672);
            p = Step<V, T>(p, t, 0.068293509762154433);
            p = Step<V, T>(p, t, -0.11927265270268237);
            p = Step<V, T>(p, t, 0.12964657564436363);
            p = Step<V, T>(p, t, -0.04756228053505264);
            p = Step<V, T>(p, t, -0.13562114337320351);
            p = Step<V, T>(p, t, 1.2530080578307996);
        }
        else
        {
            p = C<V, T>(1.2495096223529886e-9);
            p = Step<V, T>(p, t, 1.8232502650683419e-9);
            p = Step<V, T>(p, t, -1.4098981967735139e-8);
            p = Step<V, T>(p, t, -1.7887124945071396e-8);
            p = Step<V, T>(p, t, 1.1014538107239169e-7);
            p = Step<V, T>(p, t, 7.4607802570016128e-8);
            p = Step<V, T>(p, t, -8.2560030685774942e-7);
            p = Step<V, T>(p, t, 2.9383252186026087e-7);
            p = Step<V, T>(p, t, 5.7098826184524604e-6);
            p = Step<V, T>(p, t, -1.1222056567542862e-5);
            p = Step<V, T>(p, t, -2.4399287588611389e-5);
            p = Step<V, T>(p, t, 0.0001506216953068026);
            p = Step<V, T>(p, t, -0.00019925667239225933);
            p = Step<V, T>(p, t, -0.00075777329602974688);
            p = Step<V, T>(p, t, 0.005031969973698179);
            p = Step<V, T>(p, t, -0.016197734056285587);
            p = Step<V, T>(p, t, 0.037167515537983953);
            p = Step<V, T>(p, t, -0.066330365812379195);
            p = Step<V, T>(p, t, 0.093732834998317886);
            p = Step<V, T>(p, t, -0.10103906603629606);
            p = Step<V, T>(p, t, 0.068097054254693567);
            p = Step<V, T>(p, t, 0.015379652102619584);
            p = Step<V, T>(p, t, -0.13962111684056252);
            p = Step<V, T>(p, t, 1.2329951186255525);
        }
        V h = a * a;
        V l = V.MultiplyAdd(a, a, -h);
        V e = Mantissa<V, T>(-h, out V n);
        e = V.MultiplyAdd(-e, l, e);
        return Scale<V, T>(e * p / V.MultiplyAdd(a, C<V, T>(2), C<V, T>(1)), n);
    }
}
