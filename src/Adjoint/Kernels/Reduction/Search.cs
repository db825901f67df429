using System.Numerics;

namespace Adjoint.Kernels.Reduction;

/// <summary>The first largest or smallest element of each contiguous row; the first NaN where there is one.</summary>
internal static unsafe class Search
{
    /// <param name="x">Rows.</param>
    /// <param name="values">The elements found; may be null.</param>
    /// <param name="indices">Their positions in their rows.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="length">The number of elements in a row, at least 1.</param>
    /// <param name="largest">The largest rather than the smallest.</param>
    public static void Run<T>(T* x, T* values, long* indices, long rows, long length, bool largest) where T : unmanaged, INumber<T>
    {
        long perChunk = Math.Max(1, Parallel.ElementGrain / length);
        Parallel.For((rows + perChunk - 1) / perChunk, new Chunks<T>(x, values, indices, rows, length, largest, perChunk));
    }

    readonly struct Chunks<T>(T* x, T* values, long* indices, long rows, long length, bool largest, long perChunk) : IChunks where T : unmanaged, INumber<T>
    {
        public void Run(long chunk)
        {
            long end = Math.Min((chunk + 1) * perChunk, rows);
            for (long r = chunk * perChunk; r < end; r++)
            {
                T* row = x + (r * length);
                T best = row[0];
                long at = 0;
                for (long i = 1; i < length && !T.IsNaN(best); i++)
                {
                    T value = row[i];
                    if ((largest ? value > best : value < best) || T.IsNaN(value)) (best, at) = (value, i);
                }

                if (values is not null) values[r] = best;
                indices[r] = at;
            }
        }
    }
}
