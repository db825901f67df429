namespace Adjoint;

public sealed partial class Tensor
{
    GraphNode? _source;
    int _slot;

    /// <summary>Whether gradients flow to or through this tensor.</summary>
    public bool RequiresGrad => _source is not null;

    /// <summary>Whether gradients end here: a tensor that requires a gradient and was not made by a recorded operation.</summary>
    public bool IsLeaf => _source is Leaf;

    /// <summary>The recorded operation that made this tensor, or null.</summary>
    public Node? Producer => _source as Node;

    /// <summary>The gradient accumulated by backward passes; null before the first one. Only leaves have it.</summary>
    /// <remarks>Also null where no pass reached this leaf, or only through steps; zeros where the slope is 0. See <see cref="Gradients"/>.</remarks>
    public Tensor? Grad => (_source as Leaf)?.Gradient;

    internal GraphNode? Source => _source;
    internal Edge Edge => new(_source, _slot, Shape, DType);

    /// <summary>Makes this tensor a leaf whose gradient is wanted; it belongs to no scope from now on.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="DTypeException">The elements are not floating-point numbers.</exception>
    /// <exception cref="GraphException">A recorded operation made it.</exception>
    /// <exception cref="ShapeException">Elements share memory (an expanded axis): an optimizer could not write to them one by one.</exception>
    public Tensor AsParameter(string? name = null)
    {
        if (!DType.IsFloat) throw new DTypeException($"parameter: gradients need floating-point elements, but {Describe(name)} is {DType}. Hint: convert it with To(DType.F32).");
        if (_source is Node node) throw new GraphException($"parameter: only a tensor that no recorded operation made can be a leaf, but {Describe(name)} was made by '{node.Op.Name}'. Hint: call Detach first.");
        RefuseExpanded("parameter");
        Name = name ?? Name;
        Owner = null;
        _source ??= new Leaf(this);
        return this;
    }

    /// <summary>Wants the gradient of a tensor that is not to be trained: an input whose saliency, or whose adversarial change, is asked for.</summary>
    /// <remarks>A leaf like any other, but no optimizer misses it: a leaf made by <see cref="AsParameter"/> that receives a gradient belongs to one.</remarks>
    /// <inheritdoc cref="AsParameter"/>
    public Tensor RequireGrad(string? name = null)
    {
        IsTrained = true;
        return AsParameter(name);
    }

    /// <summary>The same values without connection to the graph; shares memory.</summary>
    public Tensor Detach() => Level is { } level ? OnLevel(level, Items.Alone(), IsMapped) : Alias();

    /// <summary>Sets or clears the gradient of a leaf. The tensor is kept as it is, not copied.</summary>
    /// <exception cref="GraphException">This tensor is not a leaf.</exception>
    /// <exception cref="ShapeException">The gradient has another shape.</exception>
    public void SetGrad(Tensor? gradient)
    {
        if (_source is not Leaf leaf) throw new GraphException($"gradient: only a leaf keeps a gradient, but {Describe(null)} is not one. Hint: mark it with AsParameter.");
        if (gradient is not null && gradient.Shape != Shape) throw new ShapeException($"gradient: a gradient has the shape of its tensor, but the gradient is {gradient.Shape} and {Describe(null)} is {Shape}.");
        leaf.Forget();
        if (ReferenceEquals(gradient, leaf.Gradient)) return;
        leaf.Gradient?.Release();
        leaf.Gradient = gradient is null ? null : gradient.Alias(owned: false);
    }

    /// <summary>Back-propagates from this tensor: every leaf that led to it gets its gradient added to <see cref="Grad"/>.</summary>
    /// <param name="gradient">∂L/∂(this); may be omitted for a single value, where it is 1.</param>
    /// <param name="retainGraph">Keep the graph for another pass.</param>
    /// <param name="createGraph">Record the backward pass too, so that gradients can be differentiated; implies <paramref name="retainGraph"/>.</param>
    /// <param name="sink">Where finished leaf gradients go instead of <see cref="Grad"/>.</param>
    /// <exception cref="GraphException">Nothing that led here requires a gradient, the graph was already freed, or a saved value was overwritten.</exception>
    /// <exception cref="ReleasedTensorException">The scope that this tensor belongs to has ended.</exception>
    /// <exception cref="ShapeException">This tensor has several elements and no <paramref name="gradient"/> is given, or the gradient has another shape.</exception>
    public void Backward(Tensor? gradient = null, bool retainGraph = false, bool createGraph = false, IGradientSink? sink = null) =>
        BackwardPass.Run([this], [gradient], sink ?? AccumulateGradients.Instance, retainGraph || createGraph, createGraph);

    internal void Connect(GraphNode source, int slot) => (_source, _slot) = (source, slot);

    string Describe(string? name) => (name ?? Name) is { } known ? $"'{known}'" : $"a tensor of shape {Shape}";
}
