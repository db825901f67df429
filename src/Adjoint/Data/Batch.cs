namespace Adjoint.Data;

/// <summary>Some examples together: row i of the inputs belongs to row i of the targets.</summary>
/// <remarks>
/// A batch from a <see cref="DataLoader"/> belongs to no <see cref="Scope"/>. The loader takes its memory back when the next batch is asked
/// for, unless <see cref="Keep"/> was called; values that a recorded graph saved, and views, stay alive by themselves.
/// </remarks>
public sealed class Batch
{
    // Nothing ends with this scope: it is the name that a released batch gives in its error.
    static readonly Scope Loader = Closed("batch of the data loader (it lasts until the next is asked for; Batch.Keep makes it last)");

    bool _kept;

    /// <summary>Joins inputs [B, …] and targets [B, …].</summary>
    /// <exception cref="ShapeException">One of them has no rows, or their numbers of rows differ.</exception>
    public Batch(Tensor inputs, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        if (inputs.Rank == 0 || targets.Rank == 0) throw new ShapeException($"batch: inputs and targets must have rows, but inputs are {inputs.Shape} and targets are {targets.Shape}.");
        if (inputs.Shape[0] != targets.Shape[0]) throw new ShapeException($"batch: every input must have a target, but inputs are {inputs.Shape} and targets are {targets.Shape}.");
        (Inputs, Targets) = (inputs, targets);
    }

    /// <summary>What the model is given: [B, …].</summary>
    public Tensor Inputs { get; }

    /// <summary>What it should answer: I64 [B] classes, or numbers [B, …].</summary>
    public Tensor Targets { get; }

    /// <summary>The number of examples, B.</summary>
    public long Count => Inputs.Shape[0];

    /// <summary>Lets the batch outlive its turn in the loader; its memory then comes back when it is forgotten.</summary>
    /// <returns>The same batch.</returns>
    public Batch Keep()
    {
        _kept = true;
        return this;
    }

    /// <summary>For <c>(Tensor x, Tensor y) = batch</c>.</summary>
    public void Deconstruct(out Tensor inputs, out Tensor targets) => (inputs, targets) = (Inputs, Targets);

    /// <summary>The same values under handles that no scope owns.</summary>
    internal Batch Unowned() => new(Unowned(Inputs), Unowned(Targets));

    internal void Release()
    {
        if (_kept) return;
        Inputs.Release();
        Targets.Release();
    }

    static Tensor Unowned(Tensor tensor)
    {
        Tensor handle = tensor.Alias(owned: false);
        handle.Name = tensor.Name;
        handle.Owner = Loader;
        return handle;
    }

    static Scope Closed(string name)
    {
        using Scope scope = Scope.Begin(name);
        return scope;
    }
}
