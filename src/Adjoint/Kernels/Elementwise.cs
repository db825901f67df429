using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Adjoint.Kernels.Formulas;

namespace Adjoint.Kernels;

/// <summary>An array as kernels see it: where it starts, what its elements are, and how far apart they lie along each axis.</summary>
internal unsafe struct Operand
{
    public void* Data;
    public DType DType;

    /// <summary>The array's own shape, not yet broadcast.</summary>
    public long[] Shape;

    /// <summary>Distances in elements.</summary>
    public long[] Strides;
}

/// <summary>Runs formulas over arrays.</summary>
/// <remarks>
/// Shapes meet by broadcasting: aligned at the last axis, where missing axes and axes of length 1 repeat. Outputs have the
/// full shape. An output may be exactly the memory of an input. Work is split by <see cref="Parallel.ElementGrain"/>, and a
/// value's bits do not depend on where it stands, so they depend neither on the threads nor on the layout.
/// </remarks>
internal static unsafe class Elementwise
{
    /// <summary>Values that are converted or gathered on the way stay in the first cache.</summary>
    internal const int BlockLength = 1024;

    /// <summary>From block to block: were it a page, processors would take a load from one for a load of what was just stored to another.</summary>
    internal const int BlockStride = BlockLength + 48;

    /// <summary>A register of 512 bits, and a cache line: blocks begin at one.</summary>
    const int Register = 64;

    /// <summary>What a loop needs of an operand whose elements lie next to each other, or which is one element.</summary>
    internal struct Slot
    {
        public byte* Data;
        public DType DType;
        public int Bytes;

        /// <summary>One element, already of the compute type.</summary>
        public bool Scalar;

        /// <summary>Elements are of the compute type.</summary>
        public bool Native;

        /// <summary>The distance of rows, in elements, where they are taken one by one.</summary>
        public long RowStride;
    }

    [SkipLocalsInit]
    public static void Run(Formula formula, DType compute, ReadOnlySpan<Operand> inputs, ReadOnlySpan<Operand> outputs)
    {
        Debug.Assert(inputs.Length == formula.Inputs && outputs.Length == formula.Outputs && inputs.Length + outputs.Length <= 32);
        long count = Count(outputs[0].Shape);
        if (count == 0) return;

        int all = inputs.Length + outputs.Length;
        Slot* slots = stackalloc Slot[all];
        double* values = stackalloc double[all];
        uint scalars = 0;
        bool flat = true, native = true;
        for (int i = 0; i < all; i++)
        {
            ref readonly Operand o = ref i < inputs.Length ? ref inputs[i] : ref outputs[i - inputs.Length];
            slots[i] = new() { Data = (byte*)o.Data, DType = o.DType, Bytes = o.DType.Bytes, Native = o.DType == compute };
            long own = Count(o.Shape);
            if (own == 1 && count > 1)
            {
                slots[i].Scalar = true;
                scalars |= 1u << i;
                if (slots[i].Native) continue;
                ToCompute(compute, o.DType, o.Data, values + i);
                slots[i].Data = (byte*)(values + i);
            }
            else
            {
                flat &= own == count && IsContiguous(o);
                native &= slots[i].Native;
            }
        }

        if (flat) RunFlat(formula, scalars, compute, slots, all, inputs.Length, count, native);
        else ElementwiseStrided.Run(formula, compute, inputs, outputs, slots, scalars);
    }

    static void RunFlat(Formula formula, uint scalars, DType compute, Slot* slots, int all, int inputs, long count, bool native)
    {
        bool past = native && GoesPastCaches(slots, all, inputs, count);
        var body = new FlatChunks(formula.Kernel(compute, scalars, count, past), compute, slots, all, inputs, count, native, past);
        long chunks = (count + Parallel.ElementGrain - 1) / Parallel.ElementGrain;
        if (count <= Parallel.FewElements) for (long i = 0; i < chunks; i++) body.Run(i);
        else Parallel.For(chunks, body);
    }

    /// <summary>What is written in place was read before: there is no line to save.</summary>
    static bool GoesPastCaches(Slot* slots, int all, int inputs, long count)
    {
        long bytes = 0;
        for (int i = 0; i < all; i++) bytes += slots[i].Scalar ? 0 : count * slots[i].Bytes;
        for (int o = inputs; o < all; o++)
        {
            if (!PastCaches.Suits(slots[o].Data, Parallel.ElementGrain * slots[o].Bytes, bytes)) return false;
            for (int i = 0; i < inputs; i++)
                if (slots[i].Data == slots[o].Data) return false;
        }

        return true;
    }

    readonly struct FlatChunks(Kernel kernel, DType compute, Slot* slots, int all, int inputs, long count, bool native, bool past) : IChunks
    {
        public void Run(long chunk)
        {
            long start = chunk * Parallel.ElementGrain;
            nint length = (nint)Math.Min(Parallel.ElementGrain, count - start);
            void** pointers = stackalloc void*[all];
            for (int i = 0; i < all; i++) pointers[i] = slots[i].Scalar ? slots[i].Data : slots[i].Data + start * slots[i].Bytes;
            if (native) kernel.Run(pointers, length);
            else Converted(kernel, compute, slots, all, inputs, pointers, length);
            if (past) PastCaches.Arrive();
        }
    }

    /// <summary>Runs the loop over rows of contiguous elements of which some are not of the compute type; <paramref name="pointers"/> move from row to row by <paramref name="steps"/> bytes.</summary>
    internal static void Converted(Kernel kernel, DType compute, Slot* slots, int all, int inputs, void** pointers, nint count, long rows = 1, nint* steps = null)
    {
        switch (compute)
        {
            case DType.F32: Converted<float>(kernel, slots, all, inputs, pointers, count, rows, steps); break;
            case DType.F64: Converted<double>(kernel, slots, all, inputs, pointers, count, rows, steps); break;
            default: Converted<long>(kernel, slots, all, inputs, pointers, count, rows, steps); break;
        }
    }

    [SkipLocalsInit]
    static void Converted<T>(Kernel kernel, Slot* slots, int all, int inputs, void** pointers, nint count, long rows, nint* steps)
    {
        // The only operand that is converted needs no block.
        bool straight = kernel.IsIdentity && (slots[0].Native || slots[1].Native);
        byte* scratchBytes = stackalloc byte[((straight ? 0 : all * BlockStride) * sizeof(T)) + Register];
        T* scratch = (T*)(((nint)scratchBytes + Register - 1) & -Register);
        void** blocks = stackalloc void*[all];
        for (long row = 0; row < rows; row++)
        {
            if (row > 0) for (int i = 0; i < all; i++) pointers[i] = (byte*)pointers[i] + steps[i];
            if (rows > 1) Expect(slots, all, pointers, steps, count);
            if (!straight) Blocks(kernel, slots, all, inputs, pointers, count, scratch, blocks);
            else if (slots[0].Native) Elements.Put((T*)pointers[0], slots[1].DType, pointers[1], 1, count);
            else Elements.Fetch(slots[0].DType, pointers[0], 1, (T*)pointers[1], count);
        }
    }

    /// <summary>Asks for a row that comes soon, of operands whose rows lie apart: the hardware does not foresee them.</summary>
    static void Expect(Slot* slots, int all, void** pointers, nint* steps, nint count)
    {
        const int Ahead = 3;
        if (!Sse.IsSupported) return;
        for (int i = 1; i < all; i++)
        {
            if (steps[i] == 0) continue;
            byte* row = (byte*)pointers[i] + (Ahead * steps[i]);
            for (nint at = 0; at < count * slots[i].Bytes; at += 64) Sse.Prefetch0(row + at);
        }
    }

    /// <summary>One row, a block at a time.</summary>
    static void Blocks<T>(Kernel kernel, Slot* slots, int all, int inputs, void** pointers, nint count, T* scratch, void** blocks)
    {
        for (nint start = 0; start < count; start += BlockLength)
        {
            nint length = Math.Min(BlockLength, count - start);
            for (int i = 0; i < all; i++)
            {
                ref Slot slot = ref slots[i];
                byte* data = (byte*)pointers[i] + (slot.Scalar ? 0 : start * slot.Bytes);
                blocks[i] = slot.Scalar || slot.Native ? data : scratch + i * BlockStride;
                if (blocks[i] != data && i < inputs) Elements.Fetch(slot.DType, data, 1, (T*)blocks[i], length);
            }

            kernel.Run(blocks, length);
            for (int i = inputs; i < all; i++)
                if (!slots[i].Native) Elements.Put((T*)blocks[i], slots[i].DType, (byte*)pointers[i] + start * slots[i].Bytes, 1, length);
        }
    }

    /// <summary>Converts one element to the compute type.</summary>
    internal static void ToCompute(DType compute, DType type, void* source, void* value)
    {
        switch (compute)
        {
            case DType.F32: Elements.Fetch(type, source, 1, (float*)value, 1); break;
            case DType.F64: Elements.Fetch(type, source, 1, (double*)value, 1); break;
            default: Elements.Fetch(type, source, 1, (long*)value, 1); break;
        }
    }

    static long Count(long[] shape)
    {
        long count = 1;
        foreach (long n in shape) count *= n;
        return count;
    }

    static bool IsContiguous(in Operand o)
    {
        long expected = 1;
        for (int d = o.Shape.Length - 1; d >= 0; d--)
        {
            if (o.Shape[d] != 1 && o.Strides[d] != expected) return false;
            expected *= o.Shape[d];
        }

        return true;
    }
}
