using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Normalization;

/// <summary>What kernels ask of one contiguous row. Several accumulators hide latency; the rest of a row is done one value at a time.</summary>
internal static unsafe class Row<V, T>
    where V : struct, ILanes<V, T>
{
    /// <summary>A quantity summed over a row: one struct for each, so that it inlines.</summary>
    public interface ITerm
    {
        L Of<L>(long i) where L : struct, ILanes<L, T>;
    }

    /// <summary>Two quantities summed over a row together.</summary>
    public interface ITwoTerms
    {
        void Of<L>(long i, out L first, out L second) where L : struct, ILanes<L, T>;
    }

    /// <summary>Σ term(i). Chains are cut after 64 vectors, so that long rows keep their digits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static T Sum<TTerm>(TTerm term, long n) where TTerm : struct, ITerm
    {
        V total = default;
        long i = 0;
        while (i <= n - (4 * V.Count))
        {
            V a = default, b = a, c = a, d = a;
            long stop = Math.Min(n, i + (64 * V.Count)) - (4 * V.Count);
            for (; i <= stop; i += 4 * V.Count)
            {
                a += term.Of<V>(i);
                b += term.Of<V>(i + V.Count);
                c += term.Of<V>(i + (2 * V.Count));
                d += term.Of<V>(i + (3 * V.Count));
            }

            total += (a + b) + (c + d);
        }

        for (; i <= n - V.Count; i += V.Count) total += term.Of<V>(i);
        Lane<T> sum = V.Sum(total);
        for (; i < n; i++) sum += term.Of<Lane<T>>(i);
        return sum.Value;
    }

    /// <summary>Two sums in one pass, as <see cref="Sum"/> makes them.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static (T First, T Second) Sums<TTerms>(TTerms terms, long n) where TTerms : struct, ITwoTerms
    {
        V first = default, second = default;
        long i = 0;
        while (i <= n - (2 * V.Count))
        {
            V a = default, b = a, c = a, d = a;
            long stop = Math.Min(n, i + (64 * V.Count)) - (2 * V.Count);
            for (; i <= stop; i += 2 * V.Count)
            {
                terms.Of(i, out V p, out V q);
                terms.Of(i + V.Count, out V r, out V s);
                a += p;
                b += q;
                c += r;
                d += s;
            }

            first += a + c;
            second += b + d;
        }

        if (i <= n - V.Count)
        {
            terms.Of(i, out V p, out V q);
            first += p;
            second += q;
            i += V.Count;
        }

        Lane<T> x = V.Sum(first), y = V.Sum(second);
        for (; i < n; i++)
        {
            terms.Of(i, out Lane<T> p, out Lane<T> q);
            x += p;
            y += q;
        }

        return (x.Value, y.Value);
    }

    /// <summary>The largest element; NaN if there is one; n > 0.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static T Max(T* x, long n)
    {
        Lane<T> max = x[0];
        long i = 0;
        if (n >= V.Count)
        {
            V a = V.Load(x), b = a;
            for (i = V.Count; i <= n - (2 * V.Count); i += 2 * V.Count)
            {
                a = V.Max(a, V.Load(x + i));
                b = V.Max(b, V.Load(x + i + V.Count));
            }

            if (i <= n - V.Count)
            {
                a = V.Max(a, V.Load(x + i));
                i += V.Count;
            }

            max = V.MaxAcross(V.Max(a, b));
        }

        for (; i < n; i++) max = Lane<T>.Max(max, x[i]);
        return max.Value;
    }
}

/// <summary>Terms of sums over rows.</summary>
internal static unsafe class Terms<T>
{
    public readonly struct Value<V>(T* x) : Row<V, T>.ITerm where V : struct, ILanes<V, T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public L Of<L>(long i) where L : struct, ILanes<L, T> => L.Load(x + i);
    }

    /// <summary>(x − c)².</summary>
    public readonly struct SquaredDistance<V>(T* x, T center) : Row<V, T>.ITerm where V : struct, ILanes<V, T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public L Of<L>(long i) where L : struct, ILanes<L, T>
        {
            L d = L.Load(x + i) - L.All(center);
            return d * d;
        }
    }

    public readonly struct Product<V>(T* a, T* b) : Row<V, T>.ITerm where V : struct, ILanes<V, T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public L Of<L>(long i) where L : struct, ILanes<L, T> => L.Load(a + i) * L.Load(b + i);
    }

    /// <summary>exp(x − m).</summary>
    public readonly struct Exponential<V>(T* x, T max) : Row<V, T>.ITerm where V : struct, ILanes<V, T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public L Of<L>(long i) where L : struct, ILanes<L, T> => LaneMath.Exp<L, T>(L.Load(x + i) - L.All(max));
    }

    /// <summary>exp(x − m), also stored into y.</summary>
    public readonly struct StoredExponential<V>(T* x, T max, T* y) : Row<V, T>.ITerm where V : struct, ILanes<V, T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public L Of<L>(long i) where L : struct, ILanes<L, T>
        {
            L e = LaneMath.Exp<L, T>(L.Load(x + i) - L.All(max));
            L.Store(e, y + i);
            return e;
        }
    }
}
