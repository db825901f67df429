using Adjoint.Kernels.Formulas;

namespace Adjoint.Kernels.Attention;

/// <summary>What attention makes: a matrix with unit column stride for each batch and head, made where it is, or in a half type from rows that are made in the cache and rounded into their place.</summary>
/// <param name="data">Where it is.</param>
/// <param name="stored">The type of what is there.</param>
/// <param name="batchStride">From batch to batch, in elements.</param>
/// <param name="headStride">From head to head.</param>
/// <param name="rowStride">From row to row.</param>
/// <param name="width">The columns.</param>
internal readonly unsafe struct AttentionResult<T>(void* data, DType stored, long batchStride, long headStride, long rowStride, long width)
{
    readonly byte* _data = (byte*)data;
    readonly int _bytes = stored.Bytes;

    bool IsNative => _bytes == sizeof(T);

    /// <summary>From row to row of what <see cref="Place"/> gives.</summary>
    public long RowStride => IsNative ? rowStride : width;

    /// <summary>How many numbers <see cref="Place"/> needs room for.</summary>
    public long Room(long rows) => IsNative ? 0 : rows * width;

    /// <summary>Where the rows of a head from one on are made.</summary>
    public T* Place(long batch, long head, long first, T* room) => IsNative ? (T*)At(batch, head, first) : room;

    /// <summary>Zeros in some rows.</summary>
    public void Clear(T* place, long count)
    {
        for (long r = 0; r < count; r++) new Span<T>(place + (r * RowStride), (int)width).Clear();
    }

    /// <summary>They are complete.</summary>
    public void Finish(long batch, long head, long first, T* place, long count)
    {
        if (IsNative) return;
        Elements.PutRows(place, stored, At(batch, head, first), (nint)(rowStride * _bytes), (nint)width, (nint)count);
    }

    byte* At(long batch, long head, long row) => _data + (((batch * batchStride) + (head * headStride) + (row * rowStride)) * _bytes);
}
