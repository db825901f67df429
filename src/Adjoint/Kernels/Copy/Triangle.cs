using System.Runtime.InteropServices;

namespace Adjoint.Kernels.Copy;

/// <summary>The part of each matrix on one side of a diagonal, zeros elsewhere.</summary>
internal readonly unsafe struct Triangle : IChunks
{
    const long ChunkBytes = 64 * 1024;

    readonly byte* _from, _to;
    readonly long _matrices, _rows, _columns, _diagonal, _rowsPerChunk;
    readonly int _bytes;
    readonly bool _upper;

    Triangle(byte* from, byte* to, long matrices, long rows, long columns, int bytes, long diagonal, bool upper)
    {
        _from = from;
        _to = to;
        (_matrices, _rows, _columns, _bytes, _diagonal, _upper) = (matrices, rows, columns, bytes, diagonal, upper);
        _rowsPerChunk = Math.Max(ChunkBytes / (columns * bytes), 1);
    }

    /// <summary>Both sides are dense. Kept are the columns c ≤ row + diagonal, or for the upper part c ≥ row + diagonal.</summary>
    public static void Run(void* from, void* to, long matrices, long rows, long columns, int bytes, long diagonal, bool upper)
    {
        if (columns == 0) return;
        var body = new Triangle((byte*)from, (byte*)to, matrices, rows, columns, bytes, diagonal, upper);
        Parallel.For(((matrices * rows) + body._rowsPerChunk - 1) / body._rowsPerChunk, body);
    }

    void IChunks.Run(long chunk)
    {
        long end = Math.Min((chunk + 1) * _rowsPerChunk, _matrices * _rows);
        for (long line = chunk * _rowsPerChunk; line < end; line++)
        {
            long edge = Math.Clamp((line % _rows) + _diagonal + (_upper ? 0 : 1), 0, _columns);
            (long first, long stop) = _upper ? (edge, _columns) : (0, edge);
            byte* source = _from + (line * _columns * _bytes), target = _to + (line * _columns * _bytes);
            NativeMemory.Clear(target, (nuint)(first * _bytes));
            Buffer.MemoryCopy(source + (first * _bytes), target + (first * _bytes), (stop - first) * _bytes, (stop - first) * _bytes);
            NativeMemory.Clear(target + (stop * _bytes), (nuint)((_columns - stop) * _bytes));
        }
    }
}
