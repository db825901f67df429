namespace Adjoint.Nn;

/// <summary>The adapters of one linear layer by name, of which at most one is in use.</summary>
[NotInPyTorch("The named adapters of a linear layer; `Lora.Use` switches them.")]
public sealed class LinearAdapters : Module
{
    // The weight as it was before an adapter was merged into it: subtracting would not give every bit back.
    [Transient]
    Tensor? _original;

    [Inline]
    readonly Dictionary<string, LoraAdapter> _byName = [];

    /// <summary>The adapters, in the order in which they were attached.</summary>
    public IReadOnlyDictionary<string, LoraAdapter> ByName => _byName;

    /// <summary>The name of the adapter in use; null where the layer computes as it did without any.</summary>
    public string? Active { get; internal set; }

    /// <summary>Whether the adapter in use is part of the weight at present.</summary>
    public bool IsMerged => _original is not null;

    /// <summary>The adapter that is to be computed.</summary>
    internal LoraAdapter? Used => Active is null || IsMerged ? null : _byName[Active];

    internal void Add(string name, LoraAdapter adapter) => _byName.Add(name, adapter);

    internal bool Remove(string name)
    {
        if (Active == name) Active = null;
        return _byName.Remove(name);
    }

    internal void Merge(Linear layer)
    {
        if (Used is not { } adapter) return;
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("lora");
        _original = layer.Weight.Detach().Copy().Persist();
        layer.Weight.CopyFrom(adapter.Merged(layer));
    }

    internal void Unmerge(Linear layer)
    {
        if (_original is null) return;
        using NoGrad off = NoGrad.Scope();
        layer.Weight.CopyFrom(_original);
        _original.Release();
        _original = null;
    }
}
