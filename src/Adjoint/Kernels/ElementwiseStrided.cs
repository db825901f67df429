using System.Runtime.CompilerServices;
using Adjoint.Kernels.Formulas;

namespace Adjoint.Kernels;

/// <summary>Formulas over arrays that are broadcast, transposed, or otherwise not simply one run of memory.</summary>
/// <remarks>
/// Axes are ordered so that the first output is walked along its memory, and axes that all operands walk in one stride become
/// one. Where the last axis is long, each row goes through the formula's loop in place: an operand that does not move along
/// it is a one-element input, one with another stride is gathered. Where rows are short, blocks of many rows are gathered.
/// </remarks>
internal static unsafe class ElementwiseStrided
{
    /// <summary>Rows shorter than this are gathered, several at a time.</summary>
    const int ShortRow = 64;

    /// <summary>The same where elements are converted on their way, which takes a block of their own anyway: of rows of 64 BF16 numbers an element took 1.8 ns row by row and 0.4 in blocks of many rows.</summary>
    const int LongRow = 512;

    [SkipLocalsInit]
    public static void Run(Formula formula, DType compute, ReadOnlySpan<Operand> inputs, ReadOnlySpan<Operand> outputs, Elementwise.Slot* slots, uint scalars)
    {
        int all = inputs.Length + outputs.Length, rank = outputs[0].Shape.Length;
        long* sizes = stackalloc long[rank + 1];
        long* strides = stackalloc long[(rank + 1) * all];
        int axes = Collapse(inputs, outputs, sizes, strides);
        long count = 1;
        for (int d = 0; d < axes; d++) count *= sizes[d];

        // Long rows: what does not move along a row is a one-element input of it. Short ones: what lies in one run of memory
        // can be used where it lies.
        bool converts = false, repeats = false;
        for (int i = 0; i < all; i++)
        {
            converts |= !slots[i].Native && !slots[i].Scalar;
            repeats |= i < inputs.Length && strides[(axes - 1) * all + i] == 0;
        }

        Kernel kernel = formula.Kernel(compute, scalars, count);
        bool moves = kernel.IsIdentity && !repeats, rows = !moves && sizes[axes - 1] >= (converts && !repeats ? LongRow : ShortRow);
        uint runs = 0;
        for (int i = 0; i < all; i++)
        {
            if (rows && i < inputs.Length && strides[(axes - 1) * all + i] == 0) scalars |= 1u << i;
            bool run = strides[(axes - 1) * all + i] == 1;
            for (int d = 0; d < axes - 1 && !rows; d++) run &= strides[d * all + i] == strides[(d + 1) * all + i] * sizes[d + 1];
            if (run) runs |= 1u << i;
        }

        var body = new Chunks
        {
            Kernel = rows ? formula.Kernel(compute, scalars, count) : kernel, Compute = compute, Slots = slots, Sizes = sizes, Strides = strides,
            All = all, Inputs = inputs.Length, Axes = axes, Count = count, Rows = rows, Moves = moves, Scalars = scalars, Runs = runs,
        };
        Parallel.For((count + Parallel.ElementGrain - 1) / Parallel.ElementGrain, body);
    }

    /// <summary>Fills <paramref name="sizes"/> and <paramref name="strides"/> (axis by axis, an entry for each operand) and returns the number of axes, at least 1.</summary>
    static int Collapse(ReadOnlySpan<Operand> inputs, ReadOnlySpan<Operand> outputs, long* sizes, long* strides)
    {
        int all = inputs.Length + outputs.Length, axes = 0;
        ref readonly Operand output = ref outputs[0];
        int rank = output.Shape.Length;
        int* order = stackalloc int[rank + 1];
        for (int d = 0; d < rank; d++)
        {
            // Insertion by falling distance in the first output; equal distances keep their order.
            if (output.Shape[d] == 1) continue;
            int at = axes++;
            for (; at > 0 && Math.Abs(output.Strides[order[at - 1]]) < Math.Abs(output.Strides[d]); at--) order[at] = order[at - 1];
            order[at] = d;
        }

        int kept = 0;
        for (int n = 0; n < axes; n++)
        {
            int d = order[n];
            long* row = strides + kept * all;
            for (int i = 0; i < all; i++)
            {
                ref readonly Operand o = ref i < inputs.Length ? ref inputs[i] : ref outputs[i - inputs.Length];
                int own = d - (rank - o.Shape.Length);
                row[i] = own < 0 || o.Shape[own] == 1 ? 0 : o.Strides[own];
            }

            sizes[kept] = output.Shape[d];
            if (kept > 0 && Joins(row - all, row, sizes[kept], all))
            {
                sizes[kept - 1] *= sizes[kept];
                for (int i = 0; i < all; i++) row[i - all] = row[i];
            }
            else kept++;
        }

        if (kept > 0) return kept;
        sizes[0] = 1;
        for (int i = 0; i < all; i++) strides[i] = 0;
        return 1;
    }

    static bool Joins(long* outer, long* inner, long size, int all)
    {
        for (int i = 0; i < all; i++)
            if (outer[i] != inner[i] * size) return false;
        return true;
    }

    struct Chunks : IChunks
    {
        public Kernel Kernel;
        public DType Compute;
        public Elementwise.Slot* Slots;
        public long* Sizes, Strides;
        public int All, Inputs, Axes;
        public long Count;
        public bool Rows;

        /// <summary>Elements only go from one place to another: those of an operand that is one run need no block.</summary>
        public bool Moves;

        /// <summary>Bit sets: operands that are one element (of everything, or of each row); operands whose blocks lie in one run.</summary>
        public uint Scalars, Runs;

        public readonly void Run(long chunk)
        {
            switch (Compute)
            {
                case DType.F32: Run<float>(chunk); break;
                case DType.F64: Run<double>(chunk); break;
                default: Run<long>(chunk); break;
            }
        }

        [SkipLocalsInit]
        readonly void Run<T>(long chunk)
        {
            long at = chunk * Parallel.ElementGrain, end = Math.Min(at + Parallel.ElementGrain, Count);
            long* index = stackalloc long[Axes];
            long rest = at;
            for (int d = Axes - 1; d >= 0; d--)
            {
                index[d] = rest % Sizes[d];
                rest /= Sizes[d];
            }

            byte* scratchBytes = stackalloc byte[All * Elementwise.BlockLength * sizeof(T)];
            T* scratch = (T*)scratchBytes;
            byte* valuesBytes = stackalloc byte[All * sizeof(T)];
            T* values = (T*)valuesBytes;
            void** pointers = stackalloc void*[All];
            long* next = stackalloc long[Axes];
            int last = Axes - 1;
            if (Moves && (InPlace(0) || InPlace(1)))
            {
                int run = InPlace(1) ? 1 : 0;
                Walk(1 - run, index, next, (T*)Address(run, index), (nint)(end - at), write: run == 0);
                return;
            }

            while (at < end)
            {
                nint length = (nint)Math.Min(end - at, Rows ? Sizes[last] - index[last] : Elementwise.BlockLength);
                bool gathers = false;
                for (int i = 0; i < All; i++) gathers |= !InPlace(i);
                if (gathers) length = Math.Min(length, Elementwise.BlockLength);

                for (int i = 0; i < All; i++)
                {
                    if (Slots[i].Scalar) pointers[i] = Slots[i].Data;
                    else if ((Scalars >> i & 1) != 0)
                    {
                        pointers[i] = values + i;
                        Elements.Fetch(Slots[i].DType, Address(i, index), 1, values + i, 1);
                    }
                    else if (InPlace(i)) pointers[i] = Address(i, index);
                    else
                    {
                        pointers[i] = scratch + i * Elementwise.BlockLength;
                        if (i < Inputs) Walk(i, index, next, (T*)pointers[i], length, write: false);
                    }
                }

                Kernel.Run(pointers, length);
                for (int i = Inputs; i < All; i++)
                    if (!InPlace(i)) Walk(i, index, next, (T*)pointers[i], length, write: true);
                at += length;
                Advance(index, length);
            }
        }

        /// <summary>Whether the loop may use the operand's memory itself.</summary>
        readonly bool InPlace(int i) => (Scalars >> i & 1) != 0 || (Slots[i].Native && IsRun(i));

        readonly bool IsRun(int i) => (Runs >> i & 1) != 0;

        readonly byte* Address(int i, long* index)
        {
            long offset = 0;
            for (int d = 0; d < Axes; d++) offset += index[d] * Strides[d * All + i];
            return Slots[i].Data + offset * Slots[i].Bytes;
        }

        /// <summary>Moves <paramref name="count"/> elements, from <paramref name="index"/> on, between an operand and a block.</summary>
        readonly void Walk<T>(int i, long* index, long* next, T* block, nint count, bool write)
        {
            int last = Axes - 1;
            long stride = Strides[last * All + i];
            if (IsRun(i) || Rows)
            {
                if (write) Elements.Put(block, Slots[i].DType, Address(i, index), stride, count);
                else Elements.Fetch(Slots[i].DType, Address(i, index), stride, block, count);
                return;
            }

            // Plane by plane: the last two axes.
            for (int d = 0; d < Axes; d++) next[d] = index[d];
            var rows = new Elements.Rows(Sizes[last], stride, last > 0 ? Strides[(last - 1) * All + i] : 0);
            while (count > 0)
            {
                long column = next[last], plane = last > 0 ? Sizes[last] * (Sizes[last - 1] - next[last - 1]) - column : count;
                nint length = (nint)Math.Min(count, plane);
                byte* row = Address(i, next) - column * stride * Slots[i].Bytes;
                if (write) Elements.Put(block, Slots[i].DType, row, rows, column, length);
                else Elements.Fetch(Slots[i].DType, row, rows, column, block, length);
                block += length;
                count -= length;
                if (count > 0) Advance(next, length);
            }
        }

        readonly void Advance(long* index, long length)
        {
            for (int d = Axes - 1; ; d--)
            {
                index[d] += length;
                if (d == 0 || index[d] < Sizes[d]) return;
                (length, index[d]) = index[d] == Sizes[d] ? (1, 0) : Math.DivRem(index[d], Sizes[d]);
            }
        }
    }
}
