using System.Runtime.InteropServices;
using Adjoint.Kernels;
using Adjoint.Kernels.Formulas;
using Xunit;

namespace Adjoint.Tests.Kernels;

/// <summary>Memory for testing kernels: any type, shape and strides, read and written as doubles, with fences around it.</summary>
internal sealed unsafe class FencedArray : IDisposable
{
    const int Fence = 128;
    const byte FenceByte = 0xA7;

    readonly byte* _memory;
    readonly long _length;

    FencedArray(DType type, long[] shape, long[] strides, long start, long length)
    {
        _length = length;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)(length * type.Bytes + 2 * Fence), 64);
        new Span<byte>(_memory, (int)(length * type.Bytes + 2 * Fence)).Fill(FenceByte);
        Operand = new() { Data = _memory + Fence + start * type.Bytes, DType = type, Shape = shape, Strides = strides };
    }

    public Operand Operand { get; }

    public double this[int i] => At([i]);

    public static FencedArray Of(DType type, int count, Func<int, double> value)
    {
        var a = new FencedArray(type, [count], [1], 0, count);
        for (int i = 0; i < count; i++) a.Set(i, value(i));
        return a;
    }

    /// <summary>Axes in any order in memory, with gaps, some walked backwards; small values that every type but Bool holds.</summary>
    public static FencedArray Random(Random random, long[] shape, DType type)
    {
        int[] order = [.. Enumerable.Range(0, shape.Length)];
        if (random.Next(2) == 0) random.Shuffle(order);
        var strides = new long[shape.Length];
        long length = 1, start = 0;
        foreach (int d in order)
        {
            strides[d] = length * (random.Next(4) == 0 ? 2 : 1);
            length = strides[d] * shape[d];
        }

        for (int d = 0; d < shape.Length; d++)
        {
            if (random.Next(8) != 0) continue;
            start += (shape[d] - 1) * strides[d];
            strides[d] = -strides[d];
        }

        var a = new FencedArray(type, shape, strides, start, length);
        for (int i = 0; i < length; i++) a.Set(i, random.Next(0, 8));
        return a;
    }

    /// <summary>Where an index (of a shape this one is broadcast to) lies, counted from the start of the memory.</summary>
    public long Position(long[] index)
    {
        long offset = ((byte*)Operand.Data - _memory - Fence) / Operand.DType.Bytes;
        for (int d = 0; d < Operand.Shape.Length; d++)
            if (Operand.Shape[d] != 1) offset += index[index.Length - Operand.Shape.Length + d] * Operand.Strides[d];
        return offset;
    }

    public double At(long[] index) => Get(Position(index));

    public double[] Everything() => [.. Enumerable.Range(0, (int)_length).Select(i => Get(i))];

    public byte[] Bytes() => new ReadOnlySpan<byte>(_memory + Fence, (int)(_length * Operand.DType.Bytes)).ToArray();

    public void CheckFences()
    {
        for (int i = 0; i < Fence; i++)
        {
            Assert.Equal(FenceByte, _memory[i]);
            Assert.Equal(FenceByte, _memory[Fence + _length * Operand.DType.Bytes + i]);
        }
    }

    double Get(long i)
    {
        byte* p = _memory + Fence + i * Operand.DType.Bytes;
        return Operand.DType switch
        {
            DType.F64 => *(double*)p,
            DType.F32 => *(float*)p,
            DType.BF16 => (float)*(BFloat16*)p,
            DType.F16 => (double)*(Half*)p,
            DType.I64 => *(long*)p,
            DType.I32 => *(int*)p,
            _ => *p,
        };
    }

    void Set(long i, double value) => Elements.Put(&value, Operand.DType, _memory + Fence + i * Operand.DType.Bytes, 1, 1);

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
