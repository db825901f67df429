using System.Numerics;

namespace Adjoint.Kernels.Copy;

/// <summary>What is done at each index of a line.</summary>
internal interface IIndexed<T>
{
    /// <summary><paramref name="at"/> is the element that the index names, <paramref name="beside"/> the element beside the index.</summary>
    static abstract void Apply(ref T at, ref T beside);
}

/// <summary><c>beside[…, i, …] = at[…, index[…, i, …], …]</c>.</summary>
internal readonly struct GatherElement<T> : IIndexed<T>
{
    public static void Apply(ref T at, ref T beside) => beside = at;
}

/// <summary><c>at[…, index[…, i, …], …] = beside[…, i, …]</c>; the last write to an element stays.</summary>
internal readonly struct ScatterElement<T> : IIndexed<T>
{
    public static void Apply(ref T at, ref T beside) => at = beside;
}

/// <summary><c>at[…, index[…, i, …], …] += beside[…, i, …]</c>, in the order of i.</summary>
internal readonly struct ScatterAddElement<T> : IIndexed<T> where T : unmanaged, IAdditionOperators<T, T, T>
{
    public static void Apply(ref T at, ref T beside) => at += beside;
}

/// <summary>Gather, scatter and scatter-add: one index for each element, along one axis.</summary>
/// <remarks>A line is all that differs in the position along that axis only; lines are independent, and a chunk does whole lines.</remarks>
internal readonly unsafe struct IndexedLines<T, TAct> : IChunks where TAct : IIndexed<T>
{
    const long ChunkElements = 8 * 1024;

    readonly Operand _at, _index, _beside;
    readonly int _axis;
    readonly long _lines, _length, _linesPerChunk;

    IndexedLines(in Operand at, in Operand index, in Operand beside, int axis)
    {
        (_at, _index, _beside, _axis, _lines) = (at, index, beside, axis, 1);
        for (int i = 0; i < index.Shape.Length; i++) if (i != axis) _lines *= index.Shape[i];
        _length = index.Shape[axis];
        _linesPerChunk = Math.Max(ChunkElements / Math.Max(_length, 1), 1);
    }

    /// <summary>Runs over <paramref name="index"/>, of I64 and within bounds; <paramref name="beside"/> has its shape, <paramref name="at"/> is at least as large outside the axis.</summary>
    public static void Run(in Operand at, in Operand index, in Operand beside, int axis)
    {
        var body = new IndexedLines<T, TAct>(at, index, beside, axis);
        if (body._length > 0) Parallel.For((body._lines + body._linesPerChunk - 1) / body._linesPerChunk, body);
    }

    void IChunks.Run(long chunk)
    {
        long end = Math.Min((chunk + 1) * _linesPerChunk, _lines);
        for (long line = chunk * _linesPerChunk; line < end; line++)
        {
            T* at = (T*)_at.Data, beside = (T*)_beside.Data;
            long* index = (long*)_index.Data;
            long left = line;
            for (int i = _index.Shape.Length - 1; i >= 0; i--)
            {
                if (i == _axis) continue;
                (left, long position) = Math.DivRem(left, _index.Shape[i]);
                at += position * _at.Strides[i];
                beside += position * _beside.Strides[i];
                index += position * _index.Strides[i];
            }

            for (long i = 0; i < _length; i++)
                TAct.Apply(ref at[index[i * _index.Strides[_axis]] * _at.Strides[_axis]], ref beside[i * _beside.Strides[_axis]]);
        }
    }
}
