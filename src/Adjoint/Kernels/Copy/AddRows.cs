using System.Numerics;
using System.Numerics.Tensors;

namespace Adjoint.Kernels.Copy;

/// <summary>Rows added by number: <c>to[o, indices[i]] += from[o, i]</c>, in the order of i.</summary>
/// <remarks>
/// A chunk owns some columns of all rows, so that no two chunks write one element and every sum is made in the order of i,
/// whatever the number of threads.
/// </remarks>
internal readonly unsafe struct AddRows<T> : IChunks where T : unmanaged, IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
{
    const int BlockColumns = 64;

    readonly T* _from, _to;
    readonly long* _indices;
    readonly long _size, _count, _row, _skip, _blocks;

    AddRows(T* from, T* to, long* indices, long size, long count, long row, long skip)
    {
        _from = from;
        _to = to;
        _indices = indices;
        (_size, _count, _row, _skip) = (size, count, row, skip);
        _blocks = (row + BlockColumns - 1) / BlockColumns;
    }

    /// <summary>Adds; <paramref name="from"/> is [outer, count, row] and <paramref name="to"/> is [outer, size, row]. Rows for index <paramref name="skip"/> are left out.</summary>
    public static void Run(void* from, void* to, long* indices, long outer, long size, long count, long row, long skip)
    {
        var body = new AddRows<T>((T*)from, (T*)to, indices, size, count, row, skip);
        Parallel.For(outer * body._blocks, body);
    }

    void IChunks.Run(long chunk)
    {
        (long o, long block) = Math.DivRem(chunk, _blocks);
        long start = block * BlockColumns;
        int columns = (int)Math.Min(BlockColumns, _row - start);
        T* source = _from + (o * _count * _row) + start, target = _to + (o * _size * _row) + start;
        for (long i = 0; i < _count; i++, source += _row)
        {
            if (_indices[i] == _skip) continue;
            T* sum = target + (_indices[i] * _row);
            if (columns == 1) *sum += *source;
            else TensorPrimitives.Add(new ReadOnlySpan<T>(sum, columns), new ReadOnlySpan<T>(source, columns), new Span<T>(sum, columns));
        }
    }
}
