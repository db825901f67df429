namespace Adjoint.Kernels.Attention;

/// <summary>The keys, or the values, of one head after the other. Where they have to be widened, it is done once a head and not once for each block of queries that sees them, as long as a head of them stays in the cache.</summary>
/// <param name="operand">Where they are.</param>
/// <param name="rows">How many a head has.</param>
/// <param name="room">For <see cref="Room"/> numbers.</param>
internal unsafe struct HeadRows<T>(AttentionOperand<T> operand, long rows, T* room)
{
    /// <summary>Bytes of keys, and as many of values: together half of a second-level cache of 1 MiB.</summary>
    const long Kept = 256 << 10;

    readonly bool _keeps = Keeps(operand, rows);
    long _batch = -1, _head = -1, _first, _end;

    /// <summary>Whether a whole head is kept.</summary>
    public static bool Keeps(AttentionOperand<T> operand, long rows) => !operand.IsNative && operand.Room(rows) * sizeof(T) <= Kept;

    /// <summary>How many numbers need room.</summary>
    public static long Room(AttentionOperand<T> operand, long rows) => operand.Room(Keeps(operand, rows) ? rows : AttentionForm.KeyBlock);

    /// <summary>From row to row of what <see cref="At"/> gives.</summary>
    public readonly long RowStride => operand.RowStride;

    /// <summary>At most <see cref="AttentionForm.KeyBlock"/> rows, from one on; valid until the next are asked for.</summary>
    public T* At(long batch, long head, long first, long count)
    {
        if (!_keeps) return operand.Rows(batch, head, first, count, room);
        if (batch != _batch || head != _head || first < _first || first > _end) (_batch, _head, _first, _end) = (batch, head, first, first);
        long width = operand.RowStride, end = Math.Max(_end, first + count);
        operand.Rows(batch, head, _end, end - _end, room + (_end * width));
        _end = end;
        return room + (first * width);
    }
}
