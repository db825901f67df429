namespace Adjoint.Profiling;

/// <summary>Counts the floating-point operations of its thread, forward and backward apart, and the memory that is kept for backward passes, until it is disposed.</summary>
/// <remarks>
/// Counts are those of <see cref="Op.Flops"/>, from shapes alone: they are exact for tensors that have a shape only (<see cref="ShapeOnly"/>). Gradients that the pass itself adds up are not counted.
/// Memory is counted by block: a value that several operations save, or a view of it, counts once, as much as the whole block holds.
/// </remarks>
/// <example><code>
/// using var cost = new CostCounter(model.Parameters());
/// model.Call(ids).Mean().Backward();
/// Console.WriteLine((cost.ForwardFlops, cost.BackwardFlops, cost.SavedBytes));
/// </code></example>
[PyTorch("torch.utils.flop_counter.FlopCounterMode", Differs = "Every operation says its own cost. Forward and backward apart, and the bytes of saved activations.")]
public sealed class CostCounter : OperationObserver
{
    readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);

    /// <summary>Begins to count on this thread.</summary>
    /// <param name="parameters">Tensors whose memory is there anyway, and is not counted where it is saved.</param>
    public CostCounter(params IEnumerable<Tensor> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        foreach (Tensor parameter in parameters) _ = _seen.Add(parameter.Storage);
    }

    /// <summary>The operations outside of backward passes.</summary>
    public long ForwardFlops { get; private set; }

    /// <summary>The operations of backward passes.</summary>
    public long BackwardFlops { get; private set; }

    /// <summary>The bytes that operations kept for their gradients: activations.</summary>
    public long SavedBytes { get; private set; }

    /// <inheritdoc/>
    protected override void Applied(Op op, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        ArgumentNullException.ThrowIfNull(op);
        Spec[] specs = new Spec[outputs.Length];
        for (int i = 0; i < specs.Length; i++) specs[i] = outputs[i].Spec;
        long flops = op.Flops(inputs, specs);
        if (IsDifferentiating) BackwardFlops += flops;
        else ForwardFlops += flops;
    }

    /// <inheritdoc/>
    protected override void Recorded(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        foreach (Storage block in node.SavedMemory) if (_seen.Add(block)) SavedBytes += block.Bytes;
    }
}
