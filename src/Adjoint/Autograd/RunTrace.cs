namespace Adjoint;

/// <summary>What one run of a checkpointed function reads from outside: values that require a gradient, and random streams.</summary>
/// <remarks>
/// The first run writes the list down, and operations recorded in it save nothing: they only show which outside values lead to the
/// results. The second run is held to that list, and draws the same random numbers; afterwards the streams stand where they stood.
/// </remarks>
internal sealed class RunTrace : IDisposable
{
    /// <summary>Where a random stream stood before and after the first run.</summary>
    internal record struct Draw((ulong Seed, ulong Stream, ulong Position) Before, (ulong Seed, ulong Stream, ulong Position) After);

    [ThreadStatic]
    static RunTrace? Innermost;

    readonly RunTrace? _outer = Innermost;
    readonly long _newest = GraphNode.Newest;
    readonly HashSet<(GraphNode, int)> _met = [];
    readonly List<SavedTensor> _saved = [];
    readonly Dictionary<Generator, (ulong, ulong, ulong)> _before = [];
    readonly Dictionary<Generator, Draw>? _replayed;
    bool _ended;

    /// <summary>The first run.</summary>
    public RunTrace(ReadOnlySpan<Tensor> inputs)
    {
        IsFirst = true;
        foreach (Tensor input in inputs) Add(input);
        Innermost = this;
    }

    /// <summary>A second run, that must read what the first one read.</summary>
    public RunTrace(Edge[] inputs, Dictionary<Generator, Draw> draws)
    {
        foreach (Edge edge in inputs) if (edge.Target is { } target) _met.Add((target, edge.Slot));
        _replayed = draws;
        foreach ((Generator generator, Draw draw) in draws)
        {
            _before.Add(generator, generator.State);
            generator.State = draw.Before;
        }

        Innermost = this;
    }

    public static RunTrace? Current => Innermost;

    /// <summary>Whether what is recorded now will be recorded again, and saves nothing.</summary>
    public bool IsFirst { get; }

    /// <summary>Where the inputs came from, then the values captured.</summary>
    public List<Edge> Edges { get; } = [];

    /// <summary>A value that requires a gradient is read.</summary>
    public void Meet(Tensor tensor)
    {
        if (tensor.Source is not { } source || !IsOutside(source, _newest) || _met.Contains((source, tensor.Edge.Slot))) return;
        if (!IsFirst) throw new GraphException($"checkpoint: a function must use the same values when it is recomputed, but {(tensor.Name is null ? "a tensor" : $"'{tensor.Name}'")} of shape {tensor.Shape} was not used at first. Hint: pass it as an input, and change nothing between the forward and the backward pass.");
        Add(tensor);
    }

    /// <summary>A random stream is about to be drawn from.</summary>
    public void Meet(Generator generator)
    {
        _outer?.Meet(generator);
        if (_ended || !_before.TryAdd(generator, generator.State) || IsFirst) return;
        _before.Remove(generator);
        throw DrawsDiffer();
    }

    /// <summary>The run is over: what follows is not part of it.</summary>
    /// <exception cref="GraphException">A second run drew another number of random numbers.</exception>
    public void End()
    {
        Leave();
        if (_replayed is null) return;
        foreach ((Generator generator, Draw draw) in _replayed) if (generator.State != draw.After) throw DrawsDiffer();
    }

    /// <summary>After the first run: the random streams it drew from.</summary>
    public Dictionary<Generator, Draw> Draws() => _before.ToDictionary(d => d.Key, d => new Draw(d.Value, d.Key.State));

    /// <summary>The holds on inputs and captured values pass to the caller.</summary>
    public SavedTensor[] TakeSaved()
    {
        // A checkpoint inside a second run reads for it.
        if (_outer is not null) foreach (Edge edge in Edges) _outer.MeetAgain(edge);
        SavedTensor[] saved = [.. _saved];
        _saved.Clear();
        return saved;
    }

    public void Dispose()
    {
        Leave();
        foreach (SavedTensor saved in _saved) saved.Release();
        _saved.Clear();
        if (_replayed is not null) foreach ((Generator generator, (ulong, ulong, ulong) state) in _before) generator.State = state;
    }

    /// <summary>Whether a point of the graph was there before a run; leaves always are.</summary>
    public static bool IsOutside(GraphNode node, long newest) => node is Leaf || node.Order <= newest;

    void MeetAgain(Edge edge)
    {
        if (edge.Target is { } target && IsOutside(target, _newest) && !_met.Contains((target, edge.Slot)))
            throw new GraphException($"checkpoint: a function must use the same values when it is recomputed, but a tensor of shape {edge.Shape} was not used at first. Hint: pass it as an input, and change nothing between the forward and the backward pass.");
    }

    void Add(Tensor tensor)
    {
        _saved.Add(new(Edges.Count, tensor));
        Edges.Add(tensor.Edge);
        if (tensor.Source is { } source) _met.Add((source, tensor.Edge.Slot));
    }

    void Leave()
    {
        if (_ended) return;
        _ended = true;
        Innermost = _outer;
    }

    static GraphException DrawsDiffer() => new("checkpoint: a function must draw the same random numbers when it is recomputed, but it drew others than at first. Hint: what it does must not depend on anything that changes between the forward and the backward pass.");
}
