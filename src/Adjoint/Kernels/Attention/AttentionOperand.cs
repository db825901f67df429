using Adjoint.Kernels.Formulas;

namespace Adjoint.Kernels.Attention;

/// <summary>What attention reads: a matrix with unit column stride for each batch and head, stored as T or in a half type whose rows are widened a block at a time, in the cache.</summary>
/// <param name="data">Where it is.</param>
/// <param name="stored">The type of what is there.</param>
/// <param name="batchStride">From batch to batch, in elements.</param>
/// <param name="headStride">From head to head.</param>
/// <param name="rowStride">From row to row.</param>
/// <param name="width">The columns.</param>
internal readonly unsafe struct AttentionOperand<T>(void* data, DType stored, long batchStride, long headStride, long rowStride, long width)
{
    readonly byte* _data = (byte*)data;
    readonly int _bytes = stored.Bytes;

    /// <summary>Whether rows are used where they are.</summary>
    public bool IsNative => _bytes == sizeof(T);

    /// <summary>From row to row of what <see cref="Rows"/> gives.</summary>
    public long RowStride => IsNative ? rowStride : width;

    /// <summary>How many numbers <see cref="Rows"/> needs room for.</summary>
    public long Room(long rows) => IsNative ? 0 : rows * width;

    /// <summary>Some rows of a head: where they are, or widened into the room.</summary>
    public T* Rows(long batch, long head, long first, long count, T* room)
    {
        byte* rows = _data + (((batch * batchStride) + (head * headStride) + (first * rowStride)) * _bytes);
        if (IsNative) return (T*)rows;
        Elements.FetchRows(stored, rows, (nint)(rowStride * _bytes), room, (nint)width, (nint)count);
        return room;
    }
}
