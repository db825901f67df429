using System.Numerics;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Pooling;

/// <summary>
/// For every tap of a window the inputs under it, of all outputs of a row side by side and in whole vectors: read from a row of
/// inputs, or added back to one. Pooling then works on vectors of outputs, whatever its windows are.
/// </summary>
/// <remarks>
/// Windows that step by one look at one padded row, taps apart; those that step by two at the even and the odd elements of one. For
/// all others each tap has a row of its own, which is filled element by element.
/// </remarks>
/// <param name="axis">The windows along the row.</param>
/// <param name="memory">Room for <see cref="Length"/> elements.</param>
internal readonly unsafe struct TapRows<TLanes, T>(PoolAxis axis, T* memory)
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IAdditionOperators<T, T, T>
{
    readonly long _row = RowLength(axis);

    /// <summary>Outputs of a row, up to whole vectors.</summary>
    public static long Width(PoolAxis axis) => (axis.Out + TLanes.Count - 1) / TLanes.Count * TLanes.Count;

    /// <summary>Elements that the rows take.</summary>
    public static long Length(PoolAxis axis) => RowLength(axis) * (IsShared(axis) ? axis.Stride : axis.Taps);

    /// <summary>Whether taps look into common rows.</summary>
    static bool IsShared(PoolAxis axis) => axis.Kernel > 0 && axis.Stride <= 2;

    static long RowLength(PoolAxis axis) => Width(axis) + (IsShared(axis) ? (axis.Taps - 1) * axis.Dilation / axis.Stride + 1 : 0);

    /// <summary>The first output's element under a tap.</summary>
    public T* this[long tap]
    {
        get
        {
            if (!IsShared(axis)) return memory + tap * _row;
            long offset = tap * axis.Dilation;
            return axis.Stride == 1 ? memory + offset : memory + (offset & 1) * _row + (offset >> 1);
        }
    }

    public void Clear(T value) => new Span<T>(memory, checked((int)Length(axis))).Fill(value);

    /// <summary>Reads a row of inputs; what lies outside keeps the value that it was cleared to.</summary>
    public void Read(T* inputs)
    {
        if (IsShared(axis))
        {
            long count = Reached, even = axis.Before & 1;
            if (axis.Stride == 1) new Span<T>(inputs, (int)count).CopyTo(new(memory + axis.Before, (int)count));
            else Interleaving.Split(inputs, count, memory + even * _row + axis.Before / 2, memory + (1 - even) * _row + (axis.Before + 1) / 2);
            return;
        }

        for (long o = 0; o < axis.Out; o++)
        {
            (long first, long end) = axis.Window(o);
            T* tap = memory + (first - axis.Start(o)) / axis.Dilation * _row + o;
            for (long i = first; i < end; i += axis.Dilation, tap += _row) *tap = inputs[i];
        }
    }

    /// <summary>Writes a row of inputs: to each the sum of what lies under all taps that look at it.</summary>
    public void Write(T* inputs)
    {
        if (IsShared(axis))
        {
            long count = Reached, even = axis.Before & 1;
            if (axis.Stride == 1) new Span<T>(memory + axis.Before, (int)count).CopyTo(new(inputs, (int)count));
            else Interleaving.Join(memory + even * _row + axis.Before / 2, memory + (1 - even) * _row + (axis.Before + 1) / 2, count, inputs);
            new Span<T>(inputs + count, (int)(axis.In - count)).Clear();
            return;
        }

        new Span<T>(inputs, (int)axis.In).Clear();
        for (long o = 0; o < axis.Out; o++)
        {
            (long first, long end) = axis.Window(o);
            T* tap = memory + (first - axis.Start(o)) / axis.Dilation * _row + o;
            for (long i = first; i < end; i += axis.Dilation, tap += _row) inputs[i] += *tap;
        }
    }

    /// <summary>Inputs of a row that common rows have room for; the others are under no tap.</summary>
    long Reached => Math.Clamp((axis.Stride * _row) - axis.Before - 1, 0, axis.In);
}
