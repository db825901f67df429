using System.Numerics;

namespace Adjoint.Kernels.Attention;

/// <summary>Pairs of elements turned by an angle of their own for each token: <c>(a·cos − b·sin, a·sin + b·cos)</c>.</summary>
/// <remarks>
/// One pair at a time: adjacent ones would have to be pulled apart into lanes and put together again, and gathering them into
/// blocks for a formula's loop cost several times this loop.
/// </remarks>
internal readonly unsafe struct TurnPairs<T> : IChunks where T : unmanaged, IFloatingPointIeee754<T>
{
    readonly T* _x, _y, _cos, _sin;
    readonly long _rows, _tokens, _size, _rowsPerChunk;
    readonly bool _adjacent;

    TurnPairs(T* x, T* y, T* cos, T* sin, long rows, long tokens, long size, bool adjacent)
    {
        _x = x;
        _y = y;
        _cos = cos;
        _sin = sin;
        (_rows, _tokens, _size, _adjacent) = (rows, tokens, size, adjacent);
        _rowsPerChunk = Math.Max(Parallel.ElementGrain / size, 1);
    }

    /// <summary>x and y are dense rows of <paramref name="size"/>; row r is token r mod <paramref name="tokens"/>, whose angles' functions are row r mod tokens of cos and sin.</summary>
    public static void Run(T* x, T* y, T* cos, T* sin, long rows, long tokens, long size, bool adjacent)
    {
        var body = new TurnPairs<T>(x, y, cos, sin, rows, tokens, size, adjacent);
        Parallel.For((rows + body._rowsPerChunk - 1) / body._rowsPerChunk, body);
    }

    void IChunks.Run(long chunk)
    {
        long half = _size / 2, end = Math.Min((chunk + 1) * _rowsPerChunk, _rows);
        (long step, long partner) = _adjacent ? (2L, 1L) : (1, half);
        for (long row = chunk * _rowsPerChunk; row < end; row++)
        {
            T* x = _x + (row * _size), y = _y + (row * _size);
            T* cos = _cos + (row % _tokens * half), sin = _sin + (row % _tokens * half);
            for (long i = 0; i < half; i++)
            {
                (T a, T b) = (x[i * step], x[(i * step) + partner]);
                y[i * step] = (a * cos[i]) - (b * sin[i]);
                y[(i * step) + partner] = (a * sin[i]) + (b * cos[i]);
            }
        }
    }
}
