namespace Adjoint.Kernels.Quantization;

/// <summary>Chunks of rows that are encoded.</summary>
internal readonly unsafe struct EncodeRows(QuantizationFormat format, float* from, long rows, long columns, byte* codes, float* scales) : IChunks
{
    public const long PerChunk = 16;

    public void Run(long chunk)
    {
        long bytes = Codes.RowBytes(format, columns), blocks = Codes.RowBlocks(format, columns);
        for (long row = chunk * PerChunk; row < Math.Min((chunk + 1) * PerChunk, rows); row++) Codes.Encode(format, from + (row * columns), columns, codes + (row * bytes), scales + (row * blocks));
    }
}

/// <summary>Chunks of rows that are decoded.</summary>
internal readonly unsafe struct DecodeRows<T>(QuantizationFormat format, byte* codes, T* scales, long rows, long columns, T* to) : IChunks
{
    public void Run(long chunk)
    {
        long bytes = Codes.RowBytes(format, columns), blocks = Codes.RowBlocks(format, columns);
        for (long row = chunk * EncodeRows.PerChunk; row < Math.Min((chunk + 1) * EncodeRows.PerChunk, rows); row++) Codes.Decode(format, codes + (row * bytes), scales + (row * blocks), columns, to + (row * columns));
    }
}
