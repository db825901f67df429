using System.Numerics.Tensors;

namespace Adjoint.Kernels.Gemm;

/// <summary>A product of many steps and few results, as the gradient of a weight is: each half of the steps is summed by itself, and then the two are added.</summary>
/// <remarks>
/// The steps are rows of activations, of which every thread has written its share. Cut by results alone, each thread would read all rows, half of them out of another
/// one's cache, and whoever writes to that memory next would have to take it back. Cut by steps first, of two threads each reads what it wrote.
/// </remarks>
internal static unsafe class StepHalves
{
    /// <summary>With fewer steps, a half would be too few for a micro-kernel.</summary>
    const long FewestSteps = 512;

    /// <summary>So many times the results, operands have elements: less would not pay for adding.</summary>
    const long OperandsPerResult = 4;

    /// <summary>The second half's sums have memory of their own, which the thread keeps.</summary>
    const long MostBytes = 32 << 20;

    /// <summary>Whether both operands have their steps one after another in memory, as rows, and are large beside the result.</summary>
    public static bool Suit<T>(in Product<T> p) =>
        p.After == null && p.A.RowStride == 1 && p.B.ColumnStride == 1 && p.Steps >= FewestSteps
        && OperandsPerResult * p.Rows * p.Columns <= (p.Rows + p.Columns) * p.Steps && p.Rows * p.Columns * sizeof(T) <= MostBytes;

    public static void Run<T>(in Product<T> product, bool parallel)
    {
        long half = ((product.Steps + 1) / 2 + 7) / 8 * 8;
        using Scratch apart = Scratch.Take(product.Rows * product.Columns * sizeof(T));
        T* sums = (T*)apart.Pointer;
        Gemm.Blocks(product.Part(0, 0, 0, product.Rows, product.Columns, half),
            new Product<T>(product.Rows, product.Columns, product.Steps - half, product.A.From(0, half), product.B.From(half, 0), sums, product.Columns, accumulate: false), parallel);
        long perChunk = Math.Max(1, Parallel.ElementGrain / product.Columns);
        var rows = new Rows<T>(product.C, product.CRow, sums, product.Rows, product.Columns, perChunk);
        Blocked.Loop((product.Rows + perChunk - 1) / perChunk, rows, parallel);
    }

    /// <summary>Adds the second half's sums to the first's, a few rows to a chunk.</summary>
    readonly struct Rows<T>(T* c, long cRow, T* sums, long rows, long columns, long perChunk) : IChunks
    {
        public void Run(long chunk)
        {
            for (long i = chunk * perChunk, end = Math.Min(i + perChunk, rows); i < end; i++)
            {
                if (typeof(T) == typeof(float)) Add((float*)(c + (i * cRow)), (float*)(sums + (i * columns)));
                else Add((double*)(c + (i * cRow)), (double*)(sums + (i * columns)));
            }
        }

        void Add<TReal>(TReal* to, TReal* from) where TReal : System.Numerics.INumber<TReal>
        {
            var target = new Span<TReal>(to, (int)columns);
            TensorPrimitives.Add(target, new ReadOnlySpan<TReal>(from, (int)columns), target);
        }
    }
}
