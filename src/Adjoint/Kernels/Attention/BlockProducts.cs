using System.Numerics;
using Adjoint.Kernels.Gemm;

namespace Adjoint.Kernels.Attention;

/// <summary>The matrix products of attention, on one thread each; blocks of scores are [keys, lanes], a lane being a query.</summary>
internal static unsafe class BlockProducts<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>A block of rows [count, depth] as [depth, lanes], multiplied by a number; lanes without a row are zero.</summary>
    public static void Turn(T* rows, long rowStride, long count, long depth, int lanes, double scale, T* turned)
    {
        Packing.Strip(rows, rowStride, 1, (int)count, lanes, depth, turned);
        T factor = T.CreateTruncating(scale);
        System.Numerics.Tensors.TensorPrimitives.Multiply(new ReadOnlySpan<T>(turned, (int)(depth * lanes)), factor, new Span<T>(turned, (int)(depth * lanes)));
    }

    /// <summary>scores = rows·turned: [keys, depth]·[depth, lanes], of the keys that are seen.</summary>
    public static void Scores(T* rows, long rowStride, Sight sight, long depth, T* turned, int lanes, T* scores)
    {
        for (int first = 0, piece = sight.Piece(lanes); first < lanes; first += piece)
            One(sight.KeysBefore(first + piece), Math.Min(piece, lanes - first), depth, new(rows, rowStride, 1), new(turned + first, lanes, 1), scores + first, lanes, accumulate: false);
    }

    /// <summary>mixed = scoresᵀ·rows: [queries, keys]·[keys, width], or added to it.</summary>
    public static void Mix(T* scores, int lanes, long queries, Sight sight, T* rows, long rowStride, long width, T* mixed, long mixedStride, bool accumulate)
    {
        for (int first = 0, piece = sight.Piece(lanes); first < queries; first += piece)
            One(Math.Min(piece, queries - first), width, sight.KeysBefore(first + piece), new(scores + first, 1, lanes), new(rows, rowStride, 1), mixed + (first * mixedStride), mixedStride, accumulate);
    }

    /// <summary>sum = scores·rows: [keys, queries]·[queries, width], added to what is there of the first <paramref name="made"/> keys. The keys that a piece is the first to see are seen by all queries after it too.</summary>
    public static void Gather(T* scores, int lanes, long queries, Sight sight, T* rows, long rowStride, long width, T* sum, long sumStride, long made)
    {
        long key = 0;
        for (int first = 0, piece = sight.Piece(lanes); first < queries; first += piece)
        {
            long end = sight.KeysBefore(first + piece), old = Math.Clamp(made, key, end);
            Part(key, old, first, accumulate: true);
            Part(old, end, first, accumulate: false);
            key = end;
        }

        void Part(long from, long to, int first, bool accumulate)
        {
            if (from == to) return;
            One(to - from, width, queries - first, new(scores + (from * lanes) + first, lanes, 1), new(rows + (first * rowStride), rowStride, 1), sum + (from * sumStride), sumStride, accumulate);
        }
    }

    static void One(long m, long n, long steps, Matrix<T> a, Matrix<T> b, T* c, long cRow, bool accumulate) =>
        Gemm.Gemm.One<T>(new(m, n, steps, a, b, c, cRow, accumulate), parallel: false);
}
