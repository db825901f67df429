namespace Adjoint;

// How an operation is applied to all items of a mapped function at once.
public abstract partial record Op
{
    [ThreadStatic]
    static long LoopsOfThread;

    /// <summary>How often this thread has looped over items because an operation has no rule for what was mapped.</summary>
    internal static long Loops => LoopsOfThread;

    /// <summary>The batching rule: the operation on all items at once, or null where there is no way but one item after the other.</summary>
    /// <remarks>
    /// Mapped inputs carry the items along their first axis; so must all outputs, hidden ones included. The rule is written in
    /// operations, so that what it computes is differentiable and may be mapped again. Without a rule the result is the same, found in a loop.
    /// </remarks>
    /// <example><code>protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Dim = Dim + 1 });</code></example>
    protected internal virtual Tensor[]? Batch(BatchedInputs x) => null;

    /// <summary>Applies the operation and records it where a gradient is wanted; for batching rules, which make hidden outputs too.</summary>
    /// <returns>All outputs, hidden ones included.</returns>
    public Tensor[] ApplyWithHidden(params ReadOnlySpan<Tensor> inputs)
    {
        Tensor[] outputs = new Tensor[OutputCount];
        ApplyTo(inputs, outputs);
        return outputs;
    }

    /// <summary>Checks what can be checked of one item, and says what comes out; a view has no more to say than its rule.</summary>
    private protected virtual Spec[]? InferItem(ReadOnlySpan<Tensor> inputs)
    {
        Spec[] specs = new Spec[OutputCount];
        Infer(inputs, specs);
        return specs;
    }

    // Recorded is what happens to one item; what happens to all of them is recorded on the level outside, if anything there wants it.
    void ApplyMapped(MapLevel level, ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        scope.KeepGraph(GradMode.IsRecording);
        Tensor[] items = new Tensor[inputs.Length];
        bool record = false, mapped = false;
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = inputs[i].On(level);
            record |= items[i].RequiresGrad;
            mapped |= items[i].IsMapped;
        }

        Spec[]? specs = InferItem(items);
        var batch = new BatchedInputs(level, items);
        Tensor[] results = mapped ? Batch(batch) ?? Loop(batch, specs!) : ApplyWithHidden([.. items.Select(x => x.Items)]);
        for (int i = 0; i < outputs.Length; i++)
        {
            if (mapped && specs is not null && results[i].Shape != specs[i].Shape.Insert(0, level.Size))
                throw new GraphException($"{Name}: a batching rule must give each output with the items along its first axis, but output {i} is {results[i].Shape} and one item is {specs[i].Shape} of {level.Size}.");
            outputs[i] = scope.Keep(Tensor.OnLevel(level, results[i].Persist(), mapped));
        }

        if (record && GradMode.IsRecording) Record(items, outputs);
    }

    Tensor[] Loop(BatchedInputs x, Spec[] specs)
    {
        LoopsOfThread++;
        if (x.Size == 0) return [.. specs.Select(s => Tensor.Zeros(s.Shape.Insert(0, 0), s.DType))];
        Tensor[][] each = [.. Enumerable.Range(0, (int)x.Size).Select(item => ApplyWithHidden(x.One(item)))];
        return [.. Enumerable.Range(0, specs.Length).Select(o => Tensor.Stack([.. each.Select(outputs => outputs[o])]))];
    }
}
