namespace Adjoint;

// What a tensor is to the module that holds it: a parameter (a leaf, AsParameter), a frozen parameter, or a buffer.
public sealed partial class Tensor
{
    bool _frozen;

    /// <summary>Whether this tensor belongs to a module's state without being trained: a running mean, a table of positions.</summary>
    public bool IsBuffer { get; private set; }

    /// <summary>Whether this is a parameter whose gradient is not wanted at the moment.</summary>
    public bool IsFrozen => _frozen && _source is null;

    /// <summary>Whether nobody needs to ask who trains this leaf: an optimizer was given it, or it is no parameter at all.</summary>
    internal bool IsTrained { get; set; }

    /// <summary>Whether this tensor is a parameter, frozen or not.</summary>
    public bool IsParameter => IsLeaf || IsFrozen;

    /// <summary>Marks this tensor as part of a module's state that is not trained; it belongs to no scope from now on.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="GraphException">The tensor requires a gradient.</exception>
    public Tensor AsBuffer(string? name = null)
    {
        if (RequiresGrad) throw new GraphException($"buffer: a buffer takes no gradient, but {Describe(name)} requires one. Hint: call Detach first.");
        Name = name ?? Name;
        Owner = null;
        IsBuffer = true;
        return this;
    }

    /// <summary>Stops wanting the gradient of a parameter; the gradient accumulated so far is dropped.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="GraphException">The tensor is not a parameter.</exception>
    public Tensor Freeze()
    {
        if (!IsParameter) throw new GraphException($"freeze: only a parameter can be frozen, but {Describe(null)} is not one. Hint: mark it with AsParameter.");
        if (_source is Leaf) SetGrad(null);
        (_source, _frozen) = (null, true);
        return this;
    }

    /// <summary>Wants the gradient of a frozen parameter again.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="GraphException">The tensor is not a parameter.</exception>
    public Tensor Unfreeze()
    {
        if (!IsParameter) throw new GraphException($"unfreeze: only a frozen parameter can be unfrozen, but {Describe(null)} is not one. Hint: mark it with AsParameter.");
        _frozen = false;
        return AsParameter();
    }

    /// <summary>Changes the element type of a parameter or buffer where it stands, so that everyone who holds it sees the change.</summary>
    internal void Become(DType dtype)
    {
        if (dtype == DType) return;
        Tensor converted;
        using (NoGrad.Scope())
        using (Adjoint.Scope.Begin("conversion")) converted = Alias().To(dtype).Persist();
        if (_source is Leaf) SetGrad(null);
        Storage before = Storage;
        (_storage, DType, Offset, Strides) = (converted.Storage, dtype, converted.Offset, converted.Strides);
        converted._storage = null;      // its hold on the memory is this tensor's now
        before.Release();
    }
}
