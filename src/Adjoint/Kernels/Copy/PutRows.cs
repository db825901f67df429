namespace Adjoint.Kernels.Copy;

/// <summary>Rows written by number: <c>to[o, indices[i]] = from[o, i]</c>, in the order of i, a row being any number of bytes.</summary>
/// <remarks>A chunk owns some bytes of all rows, so that the last of several writes to one row stays, whatever the number of threads.</remarks>
internal readonly unsafe struct PutRows : IChunks
{
    const int BlockBytes = 4096;

    readonly byte* _from, _to;
    readonly long* _indices;
    readonly long _size, _count, _rowBytes, _blocks;

    PutRows(byte* from, byte* to, long* indices, long size, long count, long rowBytes)
    {
        _from = from;
        _to = to;
        _indices = indices;
        (_size, _count, _rowBytes) = (size, count, rowBytes);
        _blocks = (rowBytes + BlockBytes - 1) / BlockBytes;
    }

    /// <summary>Writes; <paramref name="from"/> is [outer, count, row] and <paramref name="to"/> is [outer, size, row].</summary>
    public static void Run(void* from, void* to, long* indices, long outer, long size, long count, long rowBytes)
    {
        var body = new PutRows((byte*)from, (byte*)to, indices, size, count, rowBytes);
        Parallel.For(outer * body._blocks, body);
    }

    void IChunks.Run(long chunk)
    {
        (long o, long block) = Math.DivRem(chunk, _blocks);
        long start = block * BlockBytes, bytes = Math.Min(BlockBytes, _rowBytes - start);
        byte* source = _from + (o * _count * _rowBytes) + start, target = _to + (o * _size * _rowBytes) + start;
        for (long i = 0; i < _count; i++, source += _rowBytes)
        {
            byte* row = target + (_indices[i] * _rowBytes);
            if (bytes == 4) *(uint*)row = *(uint*)source;
            else if (bytes == 8) *(ulong*)row = *(ulong*)source;
            else Buffer.MemoryCopy(source, row, bytes, bytes);
        }
    }
}
