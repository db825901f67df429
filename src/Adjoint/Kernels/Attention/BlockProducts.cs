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

    /// <summary>scores = rows·turned: [keys, depth]·[depth, lanes].</summary>
    public static void Scores(T* rows, long rowStride, long keys, long depth, T* turned, int lanes, T* scores)
    {
        if (depth == 0) new Span<T>(scores, (int)(keys * lanes)).Clear();
        else One(keys, lanes, depth, new(rows, rowStride, 1), new(turned, lanes, 1), scores, lanes, accumulate: false);
    }

    /// <summary>mixed = scoresᵀ·rows: [queries, keys]·[keys, width], or added to it.</summary>
    public static void Mix(T* scores, int lanes, long queries, long keys, T* rows, long rowStride, long width, T* mixed, bool accumulate) =>
        One(queries, width, keys, new(scores, 1, lanes), new(rows, rowStride, 1), mixed, width, accumulate);

    /// <summary>sum += scores·rows: [keys, queries]·[queries, width].</summary>
    public static void Gather(T* scores, int lanes, long queries, long keys, T* rows, long rowStride, long width, T* sum) =>
        One(keys, width, queries, new(scores, lanes, 1), new(rows, rowStride, 1), sum, width, accumulate: true);

    static void One(long m, long n, long steps, Matrix<T> a, Matrix<T> b, T* c, long cRow, bool accumulate) =>
        Gemm.Gemm.One<T, T>(new(m, n, steps, a, b, c, cRow, accumulate), parallel: false);
}
