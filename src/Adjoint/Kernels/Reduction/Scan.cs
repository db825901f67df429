using System.Numerics;

namespace Adjoint.Kernels.Reduction;

/// <summary>Running sums and products along contiguous rows, and the gradients of products. One value depends on the one before: rows are the parallelism.</summary>
internal static unsafe class Scan
{
    /// <summary>y[i] = x[0] + … + x[i], or from the end. F32 is added in double precision.</summary>
    public static void Sum<T, TSum>(T* x, T* y, long rows, long length, bool reverse)
        where T : unmanaged, INumber<T>
        where TSum : unmanaged, INumber<TSum> => For(new Sums<T, TSum>(x, y, length, reverse), rows, length);

    /// <summary>y[i] = x[0] · … · x[i].</summary>
    public static void Product<T>(T* x, T* y, long rows, long length) where T : unmanaged, INumber<T> =>
        For(new Products<T>(x, y, length), rows, length);

    /// <summary>
    /// The gradient of running products, zeros or not: with p the product before i and the recurrence s[i] = dy[i] + x[i+1]·s[i+1], dx[i] = p·s[i].
    /// </summary>
    public static void ProductBackward<T>(T* dy, T* x, T* dx, long rows, long length) where T : unmanaged, INumber<T> =>
        For(new ProductSlopes<T>(dy, x, dx, length), rows, length);

    /// <summary>The gradient of whole products, zeros or not: dx[i] = dy · (what stands before i) · (what stands after).</summary>
    public static void Others<T>(T* dy, T* x, T* dx, long rows, long length) where T : unmanaged, INumber<T> =>
        For(new OtherProducts<T>(dy, x, dx, length), rows, length);

    interface IRow
    {
        void Run(long row);
    }

    static void For<TRow>(TRow body, long rows, long length) where TRow : struct, IRow
    {
        long perChunk = Math.Max(1, Parallel.ElementGrain / Math.Max(length, 1));
        Parallel.For((rows + perChunk - 1) / perChunk, new Chunks<TRow>(body, rows, perChunk));
    }

    readonly struct Chunks<TRow>(TRow body, long rows, long perChunk) : IChunks where TRow : struct, IRow
    {
        public void Run(long chunk)
        {
            for (long r = chunk * perChunk; r < Math.Min((chunk + 1) * perChunk, rows); r++) body.Run(r);
        }
    }

    readonly struct Sums<T, TSum>(T* x, T* y, long n, bool reverse) : IRow
        where T : unmanaged, INumber<T>
        where TSum : unmanaged, INumber<TSum>
    {
        public void Run(long row)
        {
            TSum sum = TSum.Zero;
            T* from = x + (row * n), to = y + (row * n);
            for (long k = 0; k < n; k++)
            {
                long i = reverse ? n - 1 - k : k;
                sum += TSum.CreateTruncating(from[i]);
                to[i] = T.CreateTruncating(sum);
            }
        }
    }

    readonly struct Products<T>(T* x, T* y, long n) : IRow where T : unmanaged, INumber<T>
    {
        public void Run(long row)
        {
            T product = T.One;
            for (long i = row * n; i < (row + 1) * n; i++) y[i] = product *= x[i];
        }
    }

    readonly struct ProductSlopes<T>(T* dy, T* x, T* dx, long n) : IRow where T : unmanaged, INumber<T>
    {
        public void Run(long row)
        {
            T later = T.Zero, before = T.One;
            for (long i = ((row + 1) * n) - 1; i >= row * n; i--)
            {
                dx[i] = dy[i] + later;
                later = x[i] * dx[i];
            }

            for (long i = row * n; i < (row + 1) * n; i++)
            {
                dx[i] *= before;
                before *= x[i];
            }
        }
    }

    readonly struct OtherProducts<T>(T* dy, T* x, T* dx, long n) : IRow where T : unmanaged, INumber<T>
    {
        public void Run(long row)
        {
            T before = dy[row], after = T.One;
            for (long i = row * n; i < (row + 1) * n; i++)
            {
                dx[i] = before;
                before *= x[i];
            }

            for (long i = ((row + 1) * n) - 1; i >= row * n; i--)
            {
                dx[i] *= after;
                after *= x[i];
            }
        }
    }
}
