namespace Adjoint.Kernels.Gemm;

/// <summary>A matrix operand: any row and column stride (in elements), so that transposes cost nothing.</summary>
internal readonly unsafe struct Matrix<T>(T* data, long rowStride, long columnStride)
{
    public readonly T* Data = data;
    public readonly long RowStride = rowStride, ColumnStride = columnStride;

    public Matrix<T> Transposed => new(Data, ColumnStride, RowStride);

    /// <summary>The same matrix without its first rows and columns.</summary>
    public Matrix<T> From(long row, long column) => new(Data + row * RowStride + column * ColumnStride, RowStride, ColumnStride);
}
