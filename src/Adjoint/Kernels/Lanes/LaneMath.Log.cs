using System.Runtime.CompilerServices;

namespace Adjoint.Kernels.Lanes;

// Logarithms. With x = 2ᵉ·(1 + f) and √½ < 1 + f ≤ √2, and s = f/(2 + f): ln(1 + f) = 2 atanh(s) = f − (f²/2 − s·(f²/2 + R)),
// R = s²·polynomial(s²), which adds small corrections to the exact f (the arrangement is fdlibm's, Sun Microsystems 1993).
internal static unsafe partial class LaneMath
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log<V, T>(V x)
        where V : struct, ILanes<V, T>
    {
        V f = LogSplit<V, T>(x, out V e);
        V y = LogSeries<V, T>(f, e, C<V, T>(0));
        // Order of the questions: finite and positive; zero; everything else. NaN answers no to all.
        y = V.Select(V.Less(x, C<V, T>(double.PositiveInfinity)), y, x);
        return V.Select(V.Less(C<V, T>(0), x), y, V.Select(V.Equal(x, C<V, T>(0)), C<V, T>(double.NegativeInfinity), C<V, T>(double.NaN)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log2<V, T>(V x)
        where V : struct, ILanes<V, T> => Call<V, T>(x, &Log2Into<V, T>);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Log2Into<V, T>(V* at)
        where V : struct, ILanes<V, T>
    {
        V x = *at;
        V f = LogSplit<V, T>(x, out V e);
        V y = LogSeries<V, T>(f, C<V, T>(0), C<V, T>(0));
        y = V.MultiplyAdd(y, C<V, T>(1.44269504088896339), V.MultiplyAdd(y, C<V, T>(1.92596303350001108e-8f, 2.03552737409310331e-17), e));
        // Order of the questions: finite and positive; zero; everything else. NaN answers no to all.
        y = V.Select(V.Less(x, C<V, T>(double.PositiveInfinity)), y, x);
        *at = V.Select(V.Less(C<V, T>(0), x), y, V.Select(V.Equal(x, C<V, T>(0)), C<V, T>(double.NegativeInfinity), C<V, T>(double.NaN)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log10<V, T>(V x)
        where V : struct, ILanes<V, T> => Call<V, T>(x, &Log10Into<V, T>);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Log10Into<V, T>(V* at)
        where V : struct, ILanes<V, T>
    {
        V x = *at;
        V f = LogSplit<V, T>(x, out V e);
        V y = LogSeries<V, T>(f, C<V, T>(0), C<V, T>(0));
        V low = V.MultiplyAdd(e, C<V, T>(-1.43209888392448192e-8f, -2.80372812778517039e-18), y * C<V, T>(-1.01030499521925776e-8f, 1.09831965021676507e-17));
        low = V.MultiplyAdd(y, C<V, T>(0.434294481903251817), low);
        y = V.MultiplyAdd(e, C<V, T>(0.301029995663981198), low);
        // Order of the questions: finite and positive; zero; everything else. NaN answers no to all.
        y = V.Select(V.Less(x, C<V, T>(double.PositiveInfinity)), y, x);
        *at = V.Select(V.Less(C<V, T>(0), x), y, V.Select(V.Equal(x, C<V, T>(0)), C<V, T>(double.NegativeInfinity), C<V, T>(double.NaN)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log1p<V, T>(V x)
        where V : struct, ILanes<V, T> => Call<V, T>(x, &Log1pInto<V, T>);

    // The rounding of 1 + x loses a part of x, which is put back as lost/u; where 1 + x needs no exponent, f is x itself.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Log1pInto<V, T>(V* at)
        where V : struct, ILanes<V, T>
    {
        V x = *at;
        V u = C<V, T>(1) + x;
        V lost = V.Select(V.Less(C<V, T>(1), x), C<V, T>(1) - (u - x), x - (u - C<V, T>(1)));
        V f = LogSplit<V, T>(u, out V e);
        V near = V.Equal(e, C<V, T>(0));
        V y = LogSeries<V, T>(V.Select(near, x, f), e, V.Select(near, C<V, T>(0), lost / u));
        y = V.Select(V.Less(V.Abs(x), C<V, T>(1e-9f, 1e-17)), x, y);
        y = V.Select(V.Less(x, C<V, T>(double.PositiveInfinity)), y, x);
        *at = V.Select(V.Less(C<V, T>(-1), x), y, V.Select(V.Equal(x, C<V, T>(-1)), C<V, T>(double.NegativeInfinity), C<V, T>(double.NaN)));
    }

    /// <summary>ln(1 + x) for 0 ≤ x ≤ 1 without taking x apart: s ≤ ⅓ needs a longer polynomial, but nothing else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Log1pUnit<V, T>(V x)
        where V : struct, ILanes<V, T>
    {
        V s = x / (C<V, T>(2) + x);
        V w = s * s;
        V p;
        if (typeof(T) == typeof(float))
        {
            p = C<V, T>(0.23230255606896359);
            p = Step<V, T>(p, w, 0.21705427072838566);
            p = Step<V, T>(p, w, 0.28592426074668263);
            p = Step<V, T>(p, w, 0.39999705079008654);
            p = Step<V, T>(p, w, 0.66666667323975009);
        }
        else
        {
            p = C<V, T>(0.1564014988960741);
            p = Step<V, T>(p, w, 0.074870965862528139);
            p = Step<V, T>(p, w, 0.10846306142620019);
            p = Step<V, T>(p, w, 0.11734140010893391);
            p = Step<V, T>(p, w, 0.13335188953901269);
            p = Step<V, T>(p, w, 0.15384543492578211);
            p = Step<V, T>(p, w, 0.18181819911054524);
            p = Step<V, T>(p, w, 0.22222222198029474);
            p = Step<V, T>(p, w, 0.28571428571601755);
            p = Step<V, T>(p, w, 0.39999999999999517);
            p = Step<V, T>(p, w, 0.66666666666666667);
        }
        return V.MultiplyAdd(-s, V.MultiplyAdd(-w, p, x), x);
    }

    /// <summary>f and e of x = 2ᵉ·(1 + f); subnormal numbers are first made normal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V LogSplit<V, T>(V x, out V e)
        where V : struct, ILanes<V, T>
    {
        V tiny = V.Less(x, C<V, T>(1.17549435e-38f, 2.2250738585072014e-308));
        x = V.Select(tiny, x * C<V, T>(8388608f, 4503599627370496), x);
        V m = V.Significand(x);
        V big = V.Less(C<V, T>(1.41421356237309505), m);
        e = V.Exponent(x) + V.Select(big, C<V, T>(1), C<V, T>(0)) - V.Select(tiny, C<V, T>(23f, 52), C<V, T>(0));
        return V.Select(big, m * C<V, T>(0.5), m) - C<V, T>(1);
    }

    /// <summary>e·ln 2 + ln(1 + f) + c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V LogSeries<V, T>(V f, V e, V c)
        where V : struct, ILanes<V, T>
    {
        V s = f / (C<V, T>(2) + f);
        V w = s * s;
        V p;
        if (typeof(T) == typeof(float))
        {
            p = C<V, T>(0.23331614471843499);
            p = Step<V, T>(p, w, 0.28550778633191965);
            p = Step<V, T>(p, w, 0.40000122211810649);
            p = Step<V, T>(p, w, 0.66666666554042012);
        }
        else
        {
            p = C<V, T>(0.14617807153417325);
            p = Step<V, T>(p, w, 0.15331611722055008);
            p = Step<V, T>(p, w, 0.18182892432536871);
            p = Step<V, T>(p, w, 0.22222211089379496);
            p = Step<V, T>(p, w, 0.28571428626253838);
            p = Step<V, T>(p, w, 0.39999999999898891);
            p = Step<V, T>(p, w, 0.66666666666666697);
        }
        V half = C<V, T>(0.5) * f * f;
        V low = V.MultiplyAdd(e, C<V, T>(-1.90465421212593355e-9f, 2.31904681384629956e-17), c);
        low = V.MultiplyAdd(s, V.MultiplyAdd(w, p, half), low);
        return V.MultiplyAdd(e, C<V, T>(0.693147180559945286), f - (half - low));
    }
}
