using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Normalization;

/// <summary>Softmax, its logarithm and the logarithm of its denominator over contiguous rows of F32 or F64.</summary>
/// <remarks>The row's maximum is subtracted first, so that nothing overflows; a row lies in the cache when it is read again.</remarks>
internal static unsafe class Softmax
{
    /// <summary>y = exp(x − lse(x)).</summary>
    public static void Forward<T>(T* x, T* y, long rows, long length) =>
        RowLoop.For<Probabilities<T>, T>(new(x, y, length), rows, length);

    /// <summary>y = x − lse(x).</summary>
    public static void Log<T>(T* x, T* y, long rows, long length) =>
        RowLoop.For<LogProbabilities<T>, T>(new(x, y, length), rows, length);

    /// <summary>y[row] = log Σ exp(x), −∞ for a row of −∞ and for an empty one.</summary>
    public static void LogSumExp<T>(T* x, T* y, long rows, long length)
    {
        if (length == 0) for (long r = 0; r < rows; r++) y[r] = Lane<T>.Rounded(double.NegativeInfinity).Value;
        RowLoop.For<Denominators<T>, T>(new(x, y, length), rows, length);
    }

    /// <summary>dx = y·(dy − Σ y·dy).</summary>
    public static void Backward<T>(T* y, T* dy, T* dx, long rows, long length) =>
        RowLoop.For<Gradients<T>, T>(new(y, dy, dx, length), rows, length);

    /// <summary>dx = dy − exp(y)·Σ dy, y being the logarithms.</summary>
    public static void LogBackward<T>(T* y, T* dy, T* dx, long rows, long length) =>
        RowLoop.For<LogGradients<T>, T>(new(y, dy, dx, length), rows, length);

    /// <summary>log Σ exp(x) of one row. Where the maximum is infinite or NaN, it is the answer.</summary>
    public static T LogSumExp<V, T>(T* x, long n)
        where V : struct, ILanes<V, T>
       
    {
        Lane<T> max = Row<V, T>.Max(x, n);
        return max.IsFinite ? (max + Lane<T>.Log(Row<V, T>.Sum(new Terms<T>.Exponential<V>(x, max.Value), n))).Value : max.Value;
    }

    readonly struct Probabilities<T>(T* x, T* y, long n) : IRows<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<V>(long first, long end) where V : struct, ILanes<V, T>
        {
            for (long r = first; r < end; r++)
            {
                T* from = x + (r * n), to = y + (r * n);
                T max = Row<V, T>.Max(from, n);
                Lane<T> scale = Lane<T>.Rounded(1) / Row<V, T>.Sum(new Terms<T>.StoredExponential<V>(from, max, to), n);
                V s = V.All(scale.Value);
                long i = 0;
                for (; i <= n - V.Count; i += V.Count) V.Store(V.Load(to + i) * s, to + i);
                for (; i < n; i++) to[i] = (to[i] * scale).Value;
            }
        }
    }

    readonly struct LogProbabilities<T>(T* x, T* y, long n) : IRows<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<V>(long first, long end) where V : struct, ILanes<V, T>
        {
            for (long r = first; r < end; r++)
            {
                T* from = x + (r * n), to = y + (r * n);
                T max = Row<V, T>.Max(from, n);
                Lane<T> log = Lane<T>.Log(Row<V, T>.Sum(new Terms<T>.Exponential<V>(from, max), n));
                // Two subtractions keep the digits of x − max, which one subtraction of max + log would round away.
                V m = V.All(max), l = V.All(log.Value);
                long i = 0;
                for (; i <= n - V.Count; i += V.Count) V.Store(V.Load(from + i) - m - l, to + i);
                for (; i < n; i++) to[i] = ((Lane<T>)from[i] - max - log).Value;
            }
        }
    }

    readonly struct Denominators<T>(T* x, T* y, long n) : IRows<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<V>(long first, long end) where V : struct, ILanes<V, T>
        {
            for (long r = first; r < end; r++) y[r] = LogSumExp<V, T>(x + (r * n), n);
        }
    }

    readonly struct Gradients<T>(T* y, T* dy, T* dx, long n) : IRows<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<V>(long first, long end) where V : struct, ILanes<V, T>
        {
            for (long r = first; r < end; r++)
            {
                T* p = y + (r * n), g = dy + (r * n), to = dx + (r * n);
                T dot = Row<V, T>.Sum(new Terms<T>.Product<V>(p, g), n);
                V d = V.All(dot);
                long i = 0;
                for (; i <= n - V.Count; i += V.Count) V.Store(V.Load(p + i) * (V.Load(g + i) - d), to + i);
                for (; i < n; i++) to[i] = (p[i] * ((Lane<T>)g[i] - dot)).Value;
            }
        }
    }

    readonly struct LogGradients<T>(T* y, T* dy, T* dx, long n) : IRows<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<V>(long first, long end) where V : struct, ILanes<V, T>
        {
            for (long r = first; r < end; r++)
            {
                T* l = y + (r * n), g = dy + (r * n), to = dx + (r * n);
                T sum = Row<V, T>.Sum(new Terms<T>.Value<V>(g), n);
                long i = 0;
                for (; i <= n - V.Count; i += V.Count) Store<V>(l + i, g + i, sum, to + i);
                for (; i < n; i++) Store<Lane<T>>(l + i, g + i, sum, to + i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Store<V>(T* l, T* g, T sum, T* to) where V : struct, ILanes<V, T> =>
            V.Store(V.Load(g) - (LaneMath.Exp<V, T>(V.Load(l)) * V.All(sum)), to);
    }
}
