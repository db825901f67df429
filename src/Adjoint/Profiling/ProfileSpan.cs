namespace Adjoint.Profiling;

internal enum SpanKind
{
    Module,
    Operation,
    Gradient,
    Pass,
    Update,
}

/// <summary>Something that began and ended: spans lie in each other or apart.</summary>
internal sealed class ProfileSpan(SpanKind kind)
{
    public SpanKind Kind => kind;

    /// <summary>When it began, by the clock.</summary>
    public long Begin { get; set; }

    /// <summary>When it ended; 0 while it has not.</summary>
    public long End { get; set; }

    public long Ticks => End - Begin;

    /// <summary>Whether an exception ended it, or the end of the recording.</summary>
    public bool IsCut { get; set; }

    public string Name { get; set; } = "";

    public ProfilePhase Phase { get; set; }

    /// <summary>The module that was called; of other spans, the one they belong to.</summary>
    public ModuleCalls? Module { get; set; }

    /// <summary>What is applied.</summary>
    public Op? Op { get; init; }

    /// <summary>Of an operation in a backward pass, whose gradient it is part of.</summary>
    public string? Within { get; set; }

    /// <summary>What is differentiated; of a module, in whose gradient it was called.</summary>
    public Node? Node { get; init; }

    public Spec[] Inputs { get; set; } = [];

    public Spec[] Outputs { get; set; } = [];

    public long Flops { get; set; }

    public long Bytes { get; set; }

    /// <summary>Bytes that tensors hold at its end.</summary>
    public long LiveBytes { get; set; }

    /// <summary>Of a gradient, ticks inside that belong to something else: a recomputation, and the gradients of what was recomputed.</summary>
    public long Foreign { get; set; }

    /// <summary>Notes what was applied to what, and its cost.</summary>
    public void Describe(Op op, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        Name = op.Name;
        Inputs = new Spec[inputs.Length];
        for (int i = 0; i < inputs.Length; i++) Inputs[i] = inputs[i].Spec;
        Outputs = new Spec[outputs.Length];
        for (int i = 0; i < outputs.Length; i++) Outputs[i] = outputs[i].Spec;
        (Flops, Bytes) = (op.Flops(inputs, Outputs), op.Bytes(inputs, Outputs));
        LiveBytes = TensorMemory.LiveBytes;
    }
}
