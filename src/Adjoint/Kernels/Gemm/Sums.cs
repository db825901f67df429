namespace Adjoint.Kernels.Gemm;

/// <summary>Where elements of C are summed up: in C itself; or, where only what an <see cref="Epilogue"/> makes of them is wanted, some strips at a time in memory that stays in the cache.</summary>
/// <param name="origin">Where the element of the first row and column of C is, or would be.</param>
/// <param name="rowStride">From row to row, in elements.</param>
internal readonly unsafe struct Sums<T>(T* origin, long rowStride)
{
    public readonly long RowStride = rowStride;

    public T* At(long row, long column) => origin + (row * RowStride) + column;
}
