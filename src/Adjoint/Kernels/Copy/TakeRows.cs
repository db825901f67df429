namespace Adjoint.Kernels.Copy;

/// <summary>Rows picked by number: <c>to[o, i] = from[o, indices[i]]</c>, a row being any number of bytes.</summary>
internal readonly unsafe struct TakeRows : IChunks
{
    const long ChunkBytes = 64 * 1024;

    readonly byte* _from, _to;
    readonly long* _indices;
    readonly long _size, _count, _rowBytes, _rows, _rowsPerChunk;

    TakeRows(byte* from, byte* to, long* indices, long outer, long size, long count, long rowBytes)
    {
        _from = from;
        _to = to;
        _indices = indices;
        (_size, _count, _rowBytes, _rows) = (size, count, rowBytes, outer * count);
        _rowsPerChunk = Math.Max(ChunkBytes / rowBytes, 1);
    }

    /// <summary>Copies; <paramref name="from"/> is [outer, size, row] and <paramref name="to"/> is [outer, count, row].</summary>
    public static void Run(void* from, void* to, long* indices, long outer, long size, long count, long rowBytes)
    {
        if (outer == 0 || count == 0 || rowBytes == 0) return;
        var body = new TakeRows((byte*)from, (byte*)to, indices, outer, size, count, rowBytes);
        Parallel.For((body._rows + body._rowsPerChunk - 1) / body._rowsPerChunk, body);
    }

    void IChunks.Run(long chunk)
    {
        long start = chunk * _rowsPerChunk, end = Math.Min(start + _rowsPerChunk, _rows);
        for (long row = start; row < end; row++)
        {
            (long o, long i) = Math.DivRem(row, _count);
            byte* source = _from + (((o * _size) + _indices[i]) * _rowBytes), target = _to + (row * _rowBytes);
            // One element a row, as when the last axis is indexed, is not worth a call.
            if (_rowBytes == 4) *(uint*)target = *(uint*)source;
            else if (_rowBytes == 8) *(ulong*)target = *(ulong*)source;
            else Buffer.MemoryCopy(source, target, _rowBytes, _rowBytes);
        }
    }
}
