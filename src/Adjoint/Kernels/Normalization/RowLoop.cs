using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Normalization;

/// <summary>A kernel over the rows of a contiguous matrix, written once for every width.</summary>
internal interface IRows<T>
{
    /// <summary>Does rows <paramref name="first"/> … <paramref name="end"/>−1; marked not to be inlined, so that each width is compiled alone.</summary>
    void Run<V>(long first, long end) where V : struct, ILanes<V, T>;
}

/// <summary>Spreads rows over threads in chunks that depend on the matrix alone.</summary>
internal static class RowLoop
{
    public static void For<TRows, T>(TRows body, long rows, long length)
        where TRows : struct, IRows<T>
    {
        long perChunk = Math.Max(1, Parallel.ElementGrain / Math.Max(length, 1));
        For<TRows, T>(body, rows, length, perChunk);
    }

    /// <summary>The same with a given number of rows to a chunk, for kernels that keep one partial result a chunk.</summary>
    public static void For<TRows, T>(TRows body, long rows, long length, long perChunk)
        where TRows : struct, IRows<T>
    {
        if (rows == 0 || length == 0) return;
        Parallel.For((rows + perChunk - 1) / perChunk, new Chunks<TRows, T>(body, rows, perChunk));
    }

    readonly struct Chunks<TRows, T>(TRows body, long rows, long perChunk) : IChunks
        where TRows : struct, IRows<T>
    {
        public void Run(long chunk)
        {
            long first = chunk * perChunk, end = Math.Min(first + perChunk, rows);
            if (Vector512.IsHardwareAccelerated) body.Run<Wide512<T>>(first, end);
            else if (Vector256.IsHardwareAccelerated) body.Run<Wide256<T>>(first, end);
            else if (Vector128.IsHardwareAccelerated) body.Run<Wide128<T>>(first, end);
            else body.Run<Lane<T>>(first, end);
        }
    }
}
