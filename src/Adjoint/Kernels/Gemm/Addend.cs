namespace Adjoint.Kernels.Gemm;

/// <summary>What a product is added to: C itself, a row that repeats (row stride 0), or nothing.</summary>
internal readonly unsafe struct Addend<T>(T* data, long rowStride)
{
    public readonly T* Data = data;
    public readonly long RowStride = rowStride;

    public bool IsNone => Data == null;

    /// <summary>The part that belongs to the product's part at a row and column.</summary>
    public Addend<T> From(long row, long column) => IsNone ? default : new(Data + (row * RowStride) + column, RowStride);
}
