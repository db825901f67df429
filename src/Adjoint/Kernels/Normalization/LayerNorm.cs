using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Normalization;

/// <summary>
/// Layer normalisation and RMS normalisation over contiguous rows of F32 or F64: with x̂ = (x − μ)·r, y = x̂·w + b.
/// RMS normalisation is the same with μ = 0.
/// </summary>
internal static unsafe class LayerNorm
{
    /// <summary>μ and r = 1/√(σ² + ε) of every row, and y. <paramref name="mean"/> is null for RMS normalisation; weight and bias may be null.</summary>
    public static void Forward<T>(T* x, T* weight, T* bias, T* y, T* mean, T* scale, long rows, long length, double epsilon) where T : unmanaged, IFloatingPointIeee754<T> =>
        RowLoop.For<Rows<T>, T>(new(x, weight, bias, y, mean, scale, length, T.CreateSaturating(epsilon)), rows, length);

    /// <summary>
    /// dx, and where asked for dw = Σ dy·x̂ and db = Σ dy over rows. With g = dy·w:
    /// dx = r·(g − mean(g) − x̂·mean(g·x̂)), the middle term missing for RMS normalisation.
    /// </summary>
    public static void Backward<T>(T* dy, T* x, T* mean, T* scale, T* weight, T* dx, T* dWeight, T* dBias, long rows, long length) where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Every chunk adds up its own dw and db; the partial sums are then added in order. Few rows to a chunk would make
        // the second step as long as the first.
        long perChunk = Math.Max(32, Parallel.ElementGrain / Math.Max(length, 1)), chunks = (rows + perChunk - 1) / perChunk;
        using Scratch partial = Scratch.Take(2 * chunks * length * sizeof(T));
        T* dw = dWeight is null ? null : (T*)partial.Pointer, db = dBias is null ? null : (T*)partial.Pointer + (chunks * length);
        RowLoop.For<GradientRows<T>, T>(new(dy, x, mean, scale, weight, dx, dw, db, length, perChunk), rows, length, perChunk);
        if (dw is not null) Combine(dw, dWeight, chunks, length);
        if (db is not null) Combine(db, dBias, chunks, length);
    }

    static void Combine<T>(T* partial, T* result, long chunks, long length) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (long i = 0; i < length; i++) result[i] = T.Zero;
        for (long c = 0; c < chunks; c++)
            for (long i = 0; i < length; i++) result[i] += partial[(c * length) + i];
    }

    readonly struct Rows<T>(T* x, T* weight, T* bias, T* y, T* mean, T* scale, long n, T epsilon) : IRows<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<V>(long first, long end) where V : struct, ILanes<V, T>
        {
            for (long row = first; row < end; row++)
            {
                T* from = x + (row * n), to = y + (row * n);
                T center = T.Zero, squares;
                if (mean is null) squares = Row<V, T>.Sum(new Terms<T>.Product<V>(from, from), n);
                else (center, squares) = Moments.Of<V, T>(from, n);
                T r = T.One / T.Sqrt((squares / T.CreateSaturating(n)) + epsilon);
                if (mean is not null) mean[row] = center;
                scale[row] = r;
                long i = 0;
                for (; i <= n - V.Count; i += V.Count) Store<V>(from, to, i, center, r);
                for (; i < n; i++) Store<Lane<T>>(from, to, i, center, r);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Store<V>(T* from, T* to, long i, T center, T r) where V : struct, ILanes<V, T>
        {
            V value = (V.Load(from + i) - V.All(center)) * V.All(r);
            if (weight is not null) value *= V.Load(weight + i);
            if (bias is not null) value += V.Load(bias + i);
            V.Store(value, to + i);
        }
    }

    readonly struct GradientRows<T>(T* dy, T* x, T* mean, T* scale, T* weight, T* dx, T* dw, T* db, long n, long perChunk) : IRows<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<V>(long first, long end) where V : struct, ILanes<V, T>
        {
            T* w = dw is null ? null : dw + (first / perChunk * n), b = db is null ? null : db + (first / perChunk * n);
            if (w is not null) for (long i = 0; i < n; i++) w[i] = T.Zero;
            if (b is not null) for (long i = 0; i < n; i++) b[i] = T.Zero;
            for (long row = first; row < end; row++)
            {
                T* g = dy + (row * n), from = x + (row * n), to = dx + (row * n);
                T center = mean is null ? T.Zero : mean[row], r = scale[row], count = T.CreateSaturating(n);
                T slope = Row<V, T>.Sum(new Projected<V>(g, weight, from, center, r), n) / count;
                T level = mean is null ? T.Zero : Row<V, T>.Sum(new Weighted<V>(g, weight), n) / count;
                long i = 0;
                for (; i <= n - V.Count; i += V.Count) Store<V>(g, from, to, w, b, i, center, r, slope, level);
                for (; i < n; i++) Store<Lane<T>>(g, from, to, w, b, i, center, r, slope, level);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Store<V>(T* g, T* from, T* to, T* w, T* b, long i, T center, T r, T slope, T level) where V : struct, ILanes<V, T>
        {
            V gradient = V.Load(g + i), normal = (V.Load(from + i) - V.All(center)) * V.All(r);
            if (w is not null) V.Store(V.Load(w + i) + (gradient * normal), w + i);
            if (b is not null) V.Store(V.Load(b + i) + gradient, b + i);
            if (weight is not null) gradient *= V.Load(weight + i);
            V.Store((gradient - V.All(level) - (normal * V.All(slope))) * V.All(r), to + i);
        }

        /// <summary>dy·w.</summary>
        readonly struct Weighted<V>(T* g, T* weight) : Row<V, T>.ITerm where V : struct, ILanes<V, T>
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public L Of<L>(long i) where L : struct, ILanes<L, T> => weight is null ? L.Load(g + i) : L.Load(g + i) * L.Load(weight + i);
        }

        /// <summary>dy·w·x̂.</summary>
        readonly struct Projected<V>(T* g, T* weight, T* x, T center, T r) : Row<V, T>.ITerm where V : struct, ILanes<V, T>
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public L Of<L>(long i) where L : struct, ILanes<L, T> =>
                new Weighted<V>(g, weight).Of<L>(i) * ((L.Load(x + i) - L.All(center)) * L.All(r));
        }
    }
}
