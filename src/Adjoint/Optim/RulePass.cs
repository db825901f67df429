using Adjoint.Kernels;
using Adjoint.Kernels.Formulas;
using Parallel = Adjoint.Kernels.Parallel;

namespace Adjoint.Optim;

/// <summary>One rule for the elements of many parameters, in place, in one parallel loop: as if they were one list.</summary>
/// <remarks>A step of many small parameters is one loop and not one for each, and nothing is copied to make them one.</remarks>
internal unsafe ref struct RulePass
{
    readonly Rule _rule;
    readonly int _states, _all;
    readonly Scratch _memory;
    readonly Elementwise.Slot* _slots;      // of each parameter, as the formula takes them: weight, gradient, states, scalars; weight, states
    readonly double* _values;               // of each parameter, the scalars
    readonly Part* _parts;
    int _count;
    long _chunks;

    /// <param name="rule">What happens to each element.</param>
    /// <param name="parameters">The most that there will be.</param>
    public RulePass(Rule rule, int parameters)
    {
        (_rule, _states, _all) = (rule, rule.States.Length, rule.Formula.Inputs + rule.Formula.Outputs);
        _memory = Scratch.Take(parameters * ((_all * sizeof(Elementwise.Slot)) + (rule.Scalars * sizeof(double)) + sizeof(Part)));
        _slots = (Elementwise.Slot*)_memory.Pointer;
        _values = (double*)(_slots + (parameters * _all));
        _parts = (Part*)(_values + (parameters * rule.Scalars));
    }

    /// <summary>Takes one more parameter, which must stay alive.</summary>
    public void Add(Slot slot, scoped ReadOnlySpan<double> scalars)
    {
        Tensor parameter = slot.Parameter, gradient = parameter.Grad!;
        parameter.Written();
        foreach (Tensor state in slot.Tensors) state.Written();
        if (!parameter.IsContiguous || !gradient.IsContiguous)
        {
            Alone(slot, scalars);
            return;
        }

        if (parameter.Elements == 0) return;
        DType compute = slot.StateType;
        Elementwise.Slot* slots = _slots + (_count * _all);
        double* values = _values + (_count * _rule.Scalars);
        int at = 0;
        slots[at++] = Of(parameter, compute);
        slots[at++] = Of(gradient, compute);
        foreach (Tensor state in slot.Tensors) slots[at++] = Of(state, compute);
        for (int i = 0; i < scalars.Length; i++, at++)
        {
            if (compute == DType.F64) values[i] = scalars[i];
            else *(float*)(values + i) = (float)scalars[i];
            slots[at] = new() { Data = (byte*)(values + i), DType = compute, Bytes = compute.Bytes, Native = true, Scalar = true };
        }

        slots[at++] = slots[0];
        for (int i = 0; i < _states; i++) slots[at++] = slots[2 + i];
        _parts[_count++] = new() { FirstChunk = _chunks, Elements = parameter.Elements, Compute = compute };
        _chunks += (parameter.Elements + Parallel.ElementGrain - 1) / Parallel.ElementGrain;
    }

    /// <summary>Does it.</summary>
    public readonly void Run()
    {
        if (_count == 0) return;
        Kernel? single = null, twice = null;
        // The scalars stand between what is read of a parameter and what is written.
        uint scalars = ((1u << _rule.Scalars) - 1) << (2 + _states);
        (long elements32, long elements64) = (0, 0);
        for (int i = 0; i < _count; i++)
        {
            if (_parts[i].Compute == DType.F64) elements64 += _parts[i].Elements;
            else elements32 += _parts[i].Elements;
        }

        if (elements32 > 0) single = _rule.Formula.Kernel(DType.F32, scalars, elements32);
        if (elements64 > 0) twice = _rule.Formula.Kernel(DType.F64, scalars, elements64);
        Parallel.For(_chunks, new Chunks(single, twice, _slots, _parts, _count, _all, _rule.Formula.Inputs));
    }

    public readonly void Dispose() => _memory.Dispose();

    static Elementwise.Slot Of(Tensor x, DType compute) => new() { Data = (byte*)x.Data, DType = x.DType, Bytes = x.DType.Bytes, Native = x.DType == compute };

    /// <summary>A gradient that is a view, as that of a sum: one that repeats.</summary>
    readonly void Alone(Slot slot, scoped ReadOnlySpan<double> scalars)
    {
        var inputs = new Operand[_rule.Formula.Inputs];
        var outputs = new Operand[1 + _states];
        fixed (double* values = scalars)
        {
            inputs[0] = outputs[0] = slot.Parameter.Operand;
            inputs[1] = slot.Parameter.Grad!.Operand;
            for (int i = 0; i < _states; i++) inputs[2 + i] = outputs[1 + i] = slot.Tensors[i].Operand;
            for (int i = 0; i < scalars.Length; i++) inputs[2 + _states + i] = new Operand { Data = values + i, DType = DType.F64, Shape = [], Strides = [] };
            Elementwise.Run(_rule.Formula, slot.StateType, inputs, outputs);
        }

        GC.KeepAlive(slot);
    }

    struct Part
    {
        public long FirstChunk, Elements;
        public DType Compute;
    }

    readonly struct Chunks(Kernel? single, Kernel? twice, Elementwise.Slot* slots, Part* parts, int count, int all, int inputs) : IChunks
    {
        public void Run(long chunk)
        {
            int first = 0;
            for (int last = count; last - first > 1;)
            {
                int middle = (first + last) / 2;
                if (parts[middle].FirstChunk <= chunk) first = middle;
                else last = middle;
            }

            Elementwise.Slot* own = slots + (first * all);
            long start = (chunk - parts[first].FirstChunk) * Parallel.ElementGrain;
            nint length = (nint)Math.Min(Parallel.ElementGrain, parts[first].Elements - start);
            Kernel kernel = (parts[first].Compute == DType.F64 ? twice : single)!;
            void** pointers = stackalloc void*[all];
            bool isNative = true;
            for (int i = 0; i < all; i++)
            {
                isNative &= own[i].Native;
                pointers[i] = own[i].Scalar ? own[i].Data : own[i].Data + (start * own[i].Bytes);
            }

            if (isNative) kernel.Run(pointers, length);
            else Elementwise.Converted(kernel, parts[first].Compute, own, all, inputs, pointers, length);
        }
    }
}
