using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Normalization;

/// <summary>
/// Layer normalisation and RMS normalisation over contiguous rows of F32 or F64: with x̂ = (x − μ)·r, y = x̂·w + b.
/// RMS normalisation is the same with μ = 0. Halves are widened and rounded a few rows at a time.
/// </summary>
internal static unsafe class LayerNorm
{
    /// <summary>So many numbers are a line of the cache at least.</summary>
    const long Line = 16;

    /// <summary>μ and r = 1/√(σ² + ε) of every row, and y. <paramref name="mean"/> is null for RMS normalisation; weight and bias may be null.</summary>
    public static void Forward<T>(Stored<T> x, T* weight, T* bias, Stored<T> y, T* mean, T* scale, long rows, long length, double epsilon) where T : unmanaged, IFloatingPointIeee754<T> =>
        RowLoop.For<Rows<T>, T>(new(x, weight, bias, y, mean, scale, length, T.CreateSaturating(epsilon), IsPast(y, rows, length, 2)), rows, length);

    /// <summary>
    /// dx, and where asked for dw = Σ dy·x̂ and db = Σ dy over rows. With g = dy·w:
    /// dx = r·(g − mean(g) − x̂·mean(g·x̂)), the middle term missing for RMS normalisation.
    /// </summary>
    public static void Backward<T>(Stored<T> dy, Stored<T> x, T* mean, T* scale, T* weight, Stored<T> dx, T* dWeight, T* dBias, long rows, long length) where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Every chunk adds up its own dw and db; the partial sums are then added in order. Few rows to a chunk would make
        // the second step as long as the first.
        long perChunk = Math.Max(32, Parallel.ElementGrain / Math.Max(length, 1)), chunks = (rows + perChunk - 1) / perChunk;
        using Scratch partial = Scratch.Take(2 * chunks * length * sizeof(T));
        T* dw = dWeight is null ? null : (T*)partial.Pointer, db = dBias is null ? null : (T*)partial.Pointer + (chunks * length);
        RowLoop.For<GradientRows<T>, T>(new(dy, x, mean, scale, weight, dx, dw, db, length, perChunk, IsPast(dx, rows, length, 3)), rows, length, perChunk);
        if (dw is not null) Combine(dw, dWeight, chunks, length);
        if (db is not null) Combine(db, dBias, chunks, length);
    }

    /// <summary>Whether a result goes past the caches, of so many matrices of its size. One that is rounded lies in the cache before.</summary>
    static bool IsPast<T>(Stored<T> result, long rows, long length, int matrices) => result.IsNative && PastCaches.Suits(result.Place(0, null), length * sizeof(T), matrices * rows * length * sizeof(T));

    /// <summary>How many of a chunk's rows are widened and rounded at a time: all where there is nothing to do, else short ones together, that fill a small part of the first cache.</summary>
    static long Together(long first, long end, bool areNative, long length) => areNative ? end - first : Math.Clamp(512 / length, 1, end - first);

    static void Combine<T>(T* partial, T* result, long chunks, long length) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var sum = new Span<T>(result, checked((int)length));
        sum.Clear();
        for (long c = 0; c < chunks; c++) TensorPrimitives.Add(sum, new ReadOnlySpan<T>(partial + (c * length), sum.Length), sum);
    }

    readonly struct Rows<T>(Stored<T> x, T* weight, T* bias, Stored<T> y, T* mean, T* scale, long n, T epsilon, bool past) : IRows<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<V>(long first, long end) where V : struct, ILanes<V, T>
        {
            long together = Together(first, end, x.IsNative && y.IsNative, n);
            // Rows that are widened become their results where they are.
            using Scratch room = Scratch.Take(Math.Max(x.Room(together * n), y.Room(together * n)) * sizeof(T));
            for (long row = first; row < end; row += together)
            {
                long stop = Math.Min(row + together, end), count = (stop - row) * n;
                T* to = y.Place(row * n, (T*)room.Pointer);
                Some<V>(x.Read(row * n, count, (T*)room.Pointer), to, row, stop);
                y.Finish(row * n, to, count);
            }

            if (past) PastCaches.Arrive();
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        void Some<V>(T* from, T* to, long first, long end) where V : struct, ILanes<V, T>
        {
            T* w = weight, b = bias;
            for (long row = first; row < end; row++, from += n, to += n)
            {
                T center = T.Zero, squares;
                if (mean is null) squares = Row<V, T>.Sum(new Terms<T>.Product<V>(from, from), n);
                else (center, squares) = Moments.Of<V, T>(from, n);
                T r = T.One / T.Sqrt((squares / T.CreateSaturating(n)) + epsilon);
                if (mean is not null) mean[row] = center;
                scale[row] = r;
                V vc = V.All(center), vr = V.All(r);
                long i = 0;
                for (; i <= n - V.Count; i += V.Count)
                {
                    V value = Value(from + i, w, b, i, vc, vr);
                    if (past) V.Stream(value, to + i);
                    else V.Store(value, to + i);
                }

                for (; i < n; i++) Lane<T>.Store(Value<Lane<T>>(from + i, w, b, i, center, r), to + i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static V Value<V>(T* from, T* w, T* b, long i, V center, V r) where V : struct, ILanes<V, T>
        {
            V value = (V.Load(from) - center) * r;
            if (w is null) return b is null ? value : value + V.Load(b + i);
            return b is null ? value * V.Load(w + i) : (value * V.Load(w + i)) + V.Load(b + i);
        }
    }

    readonly struct GradientRows<T>(Stored<T> dy, Stored<T> x, T* mean, T* scale, T* weight, Stored<T> dx, T* dw, T* db, long n, long perChunk, bool past) : IRows<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<V>(long first, long end) where V : struct, ILanes<V, T>
        {
            T* w = dw is null ? null : dw + (first / perChunk * n), b = db is null ? null : db + (first / perChunk * n);
            if (w is not null) new Span<T>(w, checked((int)n)).Clear();
            if (b is not null) new Span<T>(b, checked((int)n)).Clear();
            long together = Together(first, end, dy.IsNative && x.IsNative && dx.IsNative, n), numbers = together * n;
            // Rows of x that are widened become their gradients where they are; both rooms begin with a line of the cache.
            long ofGradient = (dy.Room(numbers) + Line - 1) / Line * Line;
            using Scratch rooms = Scratch.Take((ofGradient + Math.Max(x.Room(numbers), dx.Room(numbers))) * sizeof(T));
            T* room = (T*)rooms.Pointer + ofGradient;
            for (long row = first; row < end; row += together)
            {
                long stop = Math.Min(row + together, end), count = (stop - row) * n;
                T* to = dx.Place(row * n, room);
                Some<V>(dy.Read(row * n, count, (T*)rooms.Pointer), x.Read(row * n, count, room), to, w, b, row, stop);
                dx.Finish(row * n, to, count);
            }

            if (past) PastCaches.Arrive();
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        void Some<V>(T* g, T* from, T* to, T* w, T* b, long first, long end) where V : struct, ILanes<V, T>
        {
            T* factors = weight;
            for (long row = first; row < end; row++, g += n, from += n, to += n)
            {
                T center = mean is null ? T.Zero : mean[row], r = scale[row], share = r / T.CreateSaturating(n);
                (T level, T slope) = Row<V, T>.Sums(new Weighted<V>(g, factors, from, center), n);
                level = mean is null ? T.Zero : -(level * share);
                slope = -(slope * share * r * r);
                V vc = V.All(center), vr = V.All(r), vs = V.All(slope), vl = V.All(level);
                long i = 0;
                for (; i <= n - V.Count; i += V.Count)
                {
                    V value = Value(g + i, from + i, factors, w, b, i, vc, vr, vs, vl);
                    if (past) V.Stream(value, to + i);
                    else V.Store(value, to + i);
                }

                for (; i < n; i++) Lane<T>.Store(Value<Lane<T>>(g + i, from + i, factors, w, b, i, center, r, slope, level), to + i);
            }
        }

        // With d = x − μ: x̂ = d·r, and r·g − r·mean(g) − d·(r³·mean(g·d)).
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static V Value<V>(T* g, T* from, T* weight, T* w, T* b, long i, V center, V r, V slope, V level) where V : struct, ILanes<V, T>
        {
            V gradient = V.Load(g), d = V.Load(from) - center;
            if (b is not null) V.Store(V.Load(b + i) + gradient, b + i);
            gradient *= r;
            if (w is not null) V.Store(V.Load(w + i) + (gradient * d), w + i);
            V rest = (d * slope) + level;
            return weight is null ? gradient + rest : (gradient * V.Load(weight + i)) + rest;
        }

        /// <summary>g = dy·w, and g·(x − μ).</summary>
        readonly struct Weighted<V>(T* dy, T* weight, T* x, T center) : Row<V, T>.ITwoTerms where V : struct, ILanes<V, T>
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Of<L>(long i, out L first, out L second) where L : struct, ILanes<L, T>
            {
                first = weight is null ? L.Load(dy + i) : L.Load(dy + i) * L.Load(weight + i);
                second = first * (L.Load(x + i) - L.All(center));
            }
        }
    }
}
