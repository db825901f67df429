namespace Adjoint.Kernels.Gemm;

/// <summary>One row written into every row of a matrix: the bias, before a product is accumulated onto it.</summary>
internal readonly unsafe struct RepeatedRow(byte* row, byte* matrix, long rows, long rowBytes, long rowsPerChunk) : IChunks
{
    public static void Fill(byte* row, byte* matrix, long rows, long rowBytes)
    {
        long perChunk = Math.Max(1, Parallel.ElementGrain * sizeof(float) / rowBytes);
        Parallel.For((rows + perChunk - 1) / perChunk, new RepeatedRow(row, matrix, rows, rowBytes, perChunk));
    }

    public void Run(long chunk)
    {
        long end = Math.Min(rows, (chunk + 1) * rowsPerChunk);
        for (long i = chunk * rowsPerChunk; i < end; i++) Buffer.MemoryCopy(row, matrix + i * rowBytes, rowBytes, rowBytes);
    }
}
