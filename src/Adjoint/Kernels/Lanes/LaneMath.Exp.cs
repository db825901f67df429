using System.Runtime.CompilerServices;

namespace Adjoint.Kernels.Lanes;

// Exponentials. With x = n·ln 2 + r and |r| ≤ ½ ln 2: eˣ = 2ⁿ·eʳ, and eʳ = 1 + r + r²·q(r) with a polynomial q.
internal static unsafe partial class LaneMath
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V, T>(V x)
        where V : struct, ILanes<V, T> => ExpFalling<V, T>(V.AtMost(x, C<V, T>(89f, 710)));

    /// <summary>eˣ for x that cannot overflow by much: limited below only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V ExpFalling<V, T>(V x)
        where V : struct, ILanes<V, T>
    {
        V r = Reduce<V, T>(V.AtLeast(x, C<V, T>(-104f, -746)), out V n);
        return V.Scale(V.MultiplyAdd(r * r, ExpTail<V, T>(r), r) + C<V, T>(1), n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp2<V, T>(V x)
        where V : struct, ILanes<V, T>
    {
        x = V.AtMost(V.AtLeast(x, C<V, T>(-151f, -1076)), C<V, T>(129f, 1025));
        V n = V.Round(x);
        V r = (x - n) * C<V, T>(0.69314718055994531);
        return V.Scale(V.MultiplyAdd(r * r, ExpTail<V, T>(r), r) + C<V, T>(1), n);
    }

    /// <summary>2ˣ for x ≤ 0 (a little above does no harm): results too small to be normal numbers are zero, which saves a third of the work.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp2Falling<V, T>(V x)
        where V : struct, ILanes<V, T>
    {
        V least = C<V, T>(-125f, -1021), vanishes = V.Less(x, least);
        x = V.Select(vanishes, least, x);
        V n = V.Round(x);
        V r = (x - n) * C<V, T>(0.69314718055994531);
        V p = V.MultiplyAdd(r * r, ExpTail<V, T>(r), r) + C<V, T>(1);
        return V.AndNot(p * V.PowerOfTwo(n), vanishes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Expm1<V, T>(V x)
        where V : struct, ILanes<V, T> => Call<V, T>(x, &Expm1Into<V, T>);

    // 2ⁿ·expm1(r) + (2ⁿ − 1): the two add without cancelling. At n = 0 that would lose what is special near zero (the sign of
    // zero, subnormals), which is therefore taken from x. Powers are halved, because 2¹²⁸ (2¹⁰²⁴) is not a number.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Expm1Into<V, T>(V* at)
        where V : struct, ILanes<V, T>
    {
        V x = *at;
        V a = V.AtMost(V.AtLeast(x, C<V, T>(-18f, -38)), C<V, T>(88.8f, 709.9));
        V r = Reduce<V, T>(a, out V n);
        V h = V.PowerOfTwo(n - C<V, T>(1));
        V y = V.MultiplyAdd(h, V.MultiplyAdd(r * r, ExpTail<V, T>(r), r), h - C<V, T>(0.5));
        *at = V.Select(V.Less(V.Abs(x), C<V, T>(1e-9f, 1e-17)), x, y + y);
    }

    /// <summary>x − n·ln 2, |result| ≤ ½ ln 2, with ln 2 in two pieces: the first product is exact inside the fused step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Reduce<V, T>(V x, out V n)
        where V : struct, ILanes<V, T>
    {
        n = V.Round(x * C<V, T>(1.44269504088896339));
        V r = V.MultiplyAdd(n, C<V, T>(-0.693147180559945286), x);
        return V.MultiplyAdd(n, C<V, T>(1.90465421212593355e-9f, -2.31904681384629956e-17), r);
    }

    /// <summary>q in eʳ = 1 + r + r²·q(r), for |r| ≤ ½ ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V ExpTail<V, T>(V r)
        where V : struct, ILanes<V, T>
    {
        V q;
        if (typeof(T) == typeof(float))
        {
            q = C<V, T>(0.0013926250831497612);
            q = Step<V, T>(q, r, 0.0083632328836826182);
            q = Step<V, T>(q, r, 0.04166655421298415);
            q = Step<V, T>(q, r, 0.16666576666119928);
            q = Step<V, T>(q, r, 0.5);
        }
        else
        {
            q = C<V, T>(2.0914755325893202e-9);
            q = Step<V, T>(q, r, 2.5105312729622102e-8);
            q = Step<V, T>(q, r, 2.755727347871858e-7);
            q = Step<V, T>(q, r, 2.7557255170000887e-6);
            q = Step<V, T>(q, r, 2.4801587325677462e-5);
            q = Step<V, T>(q, r, 0.00019841269875002279);
            q = Step<V, T>(q, r, 0.0013888888888883711);
            q = Step<V, T>(q, r, 0.0083333333333260831);
            q = Step<V, T>(q, r, 0.04166666666666667);
            q = Step<V, T>(q, r, 0.16666666666666671);
            q = Step<V, T>(q, r, 0.5);
        }
        return q;
    }

    /// <summary>a·2ⁿ in two steps, so that the result may be subnormal, zero or infinite, and is rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V InTwoSteps<V, T>(V a, V n)
        where V : struct, ILanes<V, T>
    {
        V half = V.Floor(n * C<V, T>(0.5));
        return a * V.PowerOfTwo(half) * V.PowerOfTwo(n - half);
    }
}
