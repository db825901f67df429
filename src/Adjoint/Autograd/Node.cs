namespace Adjoint;

/// <summary>Where a gradient goes: the maker of a value, and which of its outputs the value was.</summary>
internal readonly record struct Edge(GraphNode? Target, int Slot, Shape Shape, DType DType);

/// <summary>A point of the recorded graph that gradients arrive at: a recorded operation or a leaf.</summary>
public abstract class GraphNode
{
    static long Created;

    /// <summary>Position in the order of creation, which is a topological order: inputs are always older.</summary>
    public long Order { get; } = Interlocked.Increment(ref Created);

    /// <summary>Null where there are none, which is nearly everywhere.</summary>
    internal GradientHooks? Hooks { get; set; }

    /// <summary>The <see cref="Order"/> of what was recorded last.</summary>
    internal static long Newest => Interlocked.Read(ref Created);
}

/// <summary>A tensor that gradients end at: a parameter, or an input asked for its gradient.</summary>
internal sealed class Leaf(Tensor tensor) : GraphNode
{
    public Tensor Tensor { get; } = tensor;

    /// <summary>The accumulated gradient.</summary>
    public Tensor? Gradient { get; set; }

    /// <summary>The last backward pass that added to the gradient; null since it was cleared or set by hand.</summary>
    public Reached? Reached { get; set; }

    /// <summary>Whether an optimizer has taken a step with the gradient.</summary>
    public bool IsUsed { get; set; }

    /// <summary>Whether a backward pass has added to a gradient that was used: the mistake of not clearing it.</summary>
    public bool IsAddedToUsed { get; set; }

    /// <summary>What is known of a gradient goes with it.</summary>
    public void Forget() => (Reached, IsUsed, IsAddedToUsed) = (null, false, false);
}

/// <summary>One recorded operation: what was applied, where its gradients go, and the values it saved.</summary>
/// <remarks>An edge leads to the producer of an input, never to its data: only what the operation asked to save stays alive.</remarks>
public sealed class Node : GraphNode
{
    SavedTensor[]? _saved;
    string? _scope;
    readonly bool _isUnsaved;

    /// <param name="op">What was applied.</param>
    /// <param name="inputs">Where the inputs came from.</param>
    /// <param name="outputs">Shapes and types of the outputs.</param>
    /// <param name="saved">Null in the first run of a checkpointed function, which is recorded for its edges only.</param>
    internal Node(Op op, Edge[] inputs, Spec[] outputs, SavedTensor[]? saved)
    {
        (Op, Inputs, Outputs, _saved, _isUnsaved) = (op, inputs, outputs, saved, saved is null);
        Scope.Current?.Record(this);
        if (OperationObserver.Current is not { } observer) return;
        Place = observer.PlaceOfCall();
        observer.TellRecorded(this);
    }

    /// <summary>The operation.</summary>
    public Op Op { get; }

    /// <summary>Where the operation was called; known where an observer asked for it, as <see cref="NanGuard"/> does.</summary>
    public CallPlace? Place { get; }

    /// <summary>Bytes that the operation keeps alive for its gradient. A value saved by several operations counts in each.</summary>
    public long SavedBytes => _saved?.Sum(s => s.Bytes) ?? 0;

    /// <summary>The operations and leaves that made the inputs; null where an input takes no gradient.</summary>
    public IEnumerable<GraphNode?> Producers => Inputs.Select(e => e.Target);

    internal Edge[] Inputs { get; }
    internal Spec[] Outputs { get; }
    internal Node? NextRecorded { get; set; }

    /// <summary>What a profile wants to find here when the operation is differentiated.</summary>
    internal object? Note { get; set; }

    /// <summary>The blocks of memory that the operation keeps alive for its gradient.</summary>
    internal IEnumerable<Storage> SavedMemory => _saved?.Select(s => s.Memory) ?? [];

    internal bool IsFreed => _saved is null;
    internal IEnumerable<int> SavedPositions => _saved?.Select(s => s.Position) ?? [];

    /// <summary>The value saved from an input (or, counting on from the inputs, an output), connected to the graph where it was.</summary>
    internal Tensor Unpack(int position)
    {
        foreach (SavedTensor saved in _saved ?? throw Freed())
        {
            if (saved.Position != position) continue;
            bool isInput = position < Inputs.Length;
            GraphNode? source = isInput ? Inputs[position].Target : this;
            return saved.Unpack(this, source, isInput ? Inputs[position].Slot : position - Inputs.Length);
        }

        throw new GraphException($"{Op.Name}: a gradient may read only what its Needs declares, but it asked for {SavedTensor.Describe(this, position)}.");
    }

    /// <summary>Lets go of everything saved: used up, or its scope has ended.</summary>
    internal void Free(string? scope = null)
    {
        if (_saved is not null) _scope = scope;
        SavedTensor[]? saved = _saved;
        _saved = null;
        if (saved is not null) foreach (SavedTensor s in saved) s.Release();
    }

    internal GraphException Freed() => new(_isUnsaved
        ? $"checkpoint: what a checkpointed function computes leaves it as its result only, but '{Op.Name}' is asked for its gradient from outside. Hint: return the tensor from the function."
        : _scope is not null
        ? $"backward: a graph is freed with the scope it was recorded in unless a tensor that leads to it is kept, but '{Op.Name}' was recorded in scope '{_scope}', which has ended. Hint: differentiate inside the scope, or pass the tensor through Scope.Keep."
        : $"backward: the graph is freed as it is consumed, but '{Op.Name}' is asked for its gradient a second time. Hint: pass retainGraph: true to the first backward pass.");
}
