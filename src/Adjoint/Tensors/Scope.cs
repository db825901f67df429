namespace Adjoint;

/// <summary>
/// Owns the tensors created while it is the current scope of its thread, and returns their memory when it ends:
/// a module call and a training step are scopes.
/// </summary>
/// <remarks>
/// What should outlive the scope is passed through <see cref="Keep(Tensor)"/> and then belongs to the enclosing scope, or to nobody.
/// Values that a recorded graph saved stay alive for the backward pass whatever happens to the tensors. When a
/// scope ends, graphs recorded in it are freed too, unless a kept tensor still leads to them.
/// Scopes are optional: without one, memory comes back when the garbage collector finds the tensor unreachable.
/// </remarks>
/// <example><code>
/// using (var step = Scope.Begin("step"))
/// {
///     Tensor loss = model.Call(x).CrossEntropy(labels);
///     loss.Backward();
/// }
/// </code></example>
public sealed class Scope : IDisposable
{
    [ThreadStatic]
    static Scope? Innermost;

    readonly Scope? _outer;
    Tensor? _owned;
    Node? _newest;
    bool _keptGraph;
    bool _ended;

    readonly Type? _module;

    Scope(string name, Type? module)
    {
        (Name, _module) = (name, module);
        _outer = Innermost;
    }

    /// <summary>What errors call this scope.</summary>
    public string Name { get; }

    /// <summary>The scope that newly created tensors of this thread belong to, if any.</summary>
    public static Scope? Current => Innermost;

    /// <summary>Opens a scope on this thread; dispose it to end it.</summary>
    [NotInPyTorch("Returns the memory of what was made in it, at its end; PyTorch counts references.")]
    public static Scope Begin(string name = "scope") => Innermost = new Scope(name, null);

    /// <summary>The scope of a module's call, named by the module's path, or its kind where it is the outermost.</summary>
    internal static Scope Begin(string name, Type module)
    {
        OperationObserver.Current?.TellCalling(name, module);
        return Innermost = new Scope(name, module);
    }

    /// <summary>The innermost module whose call is running: <c>'Body.2' (Linear)</c>.</summary>
    internal static string? CurrentModule
    {
        get
        {
            Scope? scope = Innermost;
            while (scope is { _module: null }) scope = scope._outer;
            return scope is null ? null : scope.Name == scope._module!.Name ? scope.Name : $"'{scope.Name}' ({scope._module.Name})";
        }
    }

    /// <summary>Lets a tensor outlive this scope: it passes to the enclosing scope, or to nobody.</summary>
    /// <returns>The same tensor.</returns>
    [NotInPyTorch("Lets a tensor outlive its scope.")]
    public Tensor Keep(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Owner == this)
        {
            tensor.Owner = _outer;
            _keptGraph |= tensor.HasGraph;
        }

        return tensor;
    }

    /// <summary>Ends the scope.</summary>
    /// <exception cref="InvalidOperationException">An inner scope is still open, or the scope belongs to another thread.</exception>
    public void Dispose()
    {
        if (_ended) return;
        if (Innermost != this) throw new InvalidOperationException($"scope: scopes end in the reverse order of their beginning, on the same thread, but '{Name}' was ended inside '{Innermost?.Name ?? "no scope"}'.");
        _ended = true;
        Innermost = _outer;
        for (Tensor? tensor = _owned; tensor is not null;)
        {
            Tensor? next = tensor.NextOwned;
            tensor.NextOwned = null;
            if (tensor.Owner == this) tensor.Release();
            else if (tensor.Owner is { } heir) heir.Own(tensor);
            tensor = next;
        }

        _owned = null;
        EndRecording();
        if (_module is not null) OperationObserver.Current?.TellCalled();
    }

    internal void Own(Tensor tensor)
    {
        tensor.Owner = this;
        tensor.NextOwned = _owned;
        _owned = tensor;
    }

    /// <summary>The recorded graph has a holder that is no tensor of this scope.</summary>
    internal void KeepGraph(bool keep) => _keptGraph |= keep;

    internal void Record(Node node)
    {
        node.NextRecorded = _newest;
        _newest = node;
    }

    // Nobody can come for a graph of which no tensor was kept; of a kept one, the enclosing scope hears what is not used up yet.
    void EndRecording()
    {
        for (Node? node = _newest; node is not null;)
        {
            Node? next = node.NextRecorded;
            node.NextRecorded = null;
            if (!_keptGraph) node.Free(Name);
            else if (!node.IsFreed) _outer?.Record(node);
            node = next;
        }

        _newest = null;
    }
}
