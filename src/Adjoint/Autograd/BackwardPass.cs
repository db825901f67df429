namespace Adjoint;

/// <summary>
/// One backward pass: from the newest recorded operation to the oldest, each handing the gradients of its outputs to its inputs.
/// </summary>
/// <remarks>
/// Creation order is a topological order, so that when an operation's turn comes, everything that used its outputs has been
/// done. The pass knows nothing of operations beyond <see cref="Op.VjpAll"/>: it sums what arrives, undoes broadcasting and type
/// promotion, hands each finished leaf gradient to the sink at once, and frees what it has consumed. There is no recursion.
/// </remarks>
internal sealed class BackwardPass
{
    readonly Dictionary<GraphNode, Visit> _visits = [];
    readonly bool _createGraph;
    readonly long? _newestOutside;
    readonly Reached _reached = new();

    // An operation's gradient may hold a pass of its own: that one is part of the gradient, and observers are not told of it.
    readonly Node? _around = Differentiating;

    [ThreadStatic]
    internal static Node? Differentiating;

    BackwardPass(bool createGraph, long? newestOutside = null) => (_createGraph, _newestOutside) = (createGraph, newestOutside);

    /// <summary>What the pass knows of a node: gradients that arrived at its outputs, and how many operations still may send one.</summary>
    internal sealed class Visit(int slots)
    {
        public readonly Tensor?[] Arrived = new Tensor?[slots];
        public int Senders;
        public bool Wanted = true;
    }

    /// <summary>Back-propagates from the roots into the sink.</summary>
    public static void Run(ReadOnlySpan<Tensor> roots, ReadOnlySpan<Tensor?> seeds, IGradientSink sink, bool retainGraph, bool createGraph) =>
        new BackwardPass(createGraph).Walk(roots, seeds, [], sink, retainGraph);

    /// <summary>The gradients of the roots with respect to some tensors, leaves or not; null where no path leads there.</summary>
    public static Tensor?[] Gradients(ReadOnlySpan<Tensor> roots, ReadOnlySpan<Tensor?> seeds, ReadOnlySpan<Tensor> inputs, bool retainGraph, bool createGraph) =>
        new BackwardPass(createGraph).Walk(roots, seeds, EdgesOf(inputs), null, retainGraph);

    /// <summary>A pass inside a pass: over what was recorded after <paramref name="newestOutside"/>, to the edges that lead out of it.</summary>
    public static Tensor?[] Within(long newestOutside, ReadOnlySpan<Tensor> roots, ReadOnlySpan<Tensor?> seeds, ReadOnlySpan<Edge> ends, bool createGraph) =>
        new BackwardPass(createGraph, newestOutside).Walk(roots, seeds, ends, null, retainGraph: createGraph);

    static Edge[] EdgesOf(ReadOnlySpan<Tensor> tensors)
    {
        Edge[] edges = new Edge[tensors.Length];
        for (int i = 0; i < edges.Length; i++) edges[i] = tensors[i].Edge;
        return edges;
    }

    Tensor?[] Walk(ReadOnlySpan<Tensor> roots, ReadOnlySpan<Tensor?> seeds, ReadOnlySpan<Edge> ends, IGradientSink? sink, bool retainGraph)
    {
        if (RunTrace.Current is { IsFirst: true }) throw new GraphException("backward: a checkpointed function keeps nothing that a backward pass reads, but it runs one itself. Hint: differentiate outside of it.");
        // Whose scope has ended, that may have been freed with it: saying so helps more than "freed".
        foreach (Tensor root in roots) root.MustBeAlive();
        bool before = GradMode.IsRecording;
        GradMode.IsRecording = _createGraph;
        // Gradients are computed in the types of what was saved.
        using PrecisionScope plain = Precision.Float32.Scope();
        try
        {
            List<Node> order = Reach(roots);
            if (sink is null) Prune(order, ends);
            Tensor?[] found = new Tensor?[ends.Length];
            for (int i = 0; i < roots.Length; i++) Plant(roots[i], seeds[i], sink);
            foreach (Node node in order)
            {
                Differentiating = node;
                node.Hooks?.Run(_visits[node].Arrived, retain: sink is not null, _createGraph);
                Capture(node, ends, found);
                Differentiate(node, sink, retainGraph);
            }

            // A pass within a pass has only a part of what arrives outside: hooks wait for the whole.
            if (sink is null && _newestOutside is null) foreach ((GraphNode met, Visit visit) in _visits) if (met is Leaf) met.Hooks?.Run(visit.Arrived, retain: false, _createGraph);
            for (int i = 0; i < found.Length; i++) if (ends[i].Target is { } end && IsEnd(end) && _visits.TryGetValue(end, out Visit? at)) found[i] = Deliver(at.Arrived[ends[i].Slot]);
            return found;
        }
        finally
        {
            GradMode.IsRecording = before;
            Differentiating = _around;
            // Gradients that no sink took, and what an exception left behind.
            foreach (Visit visit in _visits.Values)
                foreach (Tensor? gradient in visit.Arrived) gradient?.Release();
            Observer?.TellBackwardEnded();
        }
    }

    /// <summary>All operations that led to the roots, newest first, with the number of senders counted for every node.</summary>
    List<Node> Reach(ReadOnlySpan<Tensor> roots)
    {
        var order = new List<Node>();
        var waiting = new Stack<Node>();
        foreach (Tensor root in roots) Meet(root.Source, sender: 0);
        while (waiting.TryPop(out Node? node))
        {
            order.Add(node);
            foreach (Edge edge in node.Inputs) Meet(edge.Target, sender: 1);
        }

        order.Sort(static (a, b) => b.Order.CompareTo(a.Order));
        return order;

        void Meet(GraphNode? target, int sender)
        {
            if (target is null) return;
            if (!_visits.TryGetValue(target, out Visit? visit))
            {
                _visits.Add(target, visit = new Visit((target as Node)?.Outputs.Length ?? 1));
                if (target is Node node && !IsEnd(node)) waiting.Push(node);
            }

            visit.Senders += sender;
        }
    }

    /// <summary>Only what lies between the roots and the asked-for inputs is worth computing.</summary>
    void Prune(List<Node> order, ReadOnlySpan<Edge> ends)
    {
        foreach (Visit visit in _visits.Values) visit.Wanted = false;
        foreach (Edge end in ends)
            if (end.Target is { } source && _visits.TryGetValue(source, out Visit? visit)) visit.Wanted = true;

        for (int i = order.Count - 1; i >= 0; i--)
        {
            foreach (Edge edge in order[i].Inputs)
                if (edge.Target is { } target && _visits[target].Wanted) _visits[order[i]].Wanted = true;
        }
    }

    void Plant(Tensor root, Tensor? seed, IGradientSink? sink)
    {
        if (root.Source is not { } source)
            throw new GraphException($"backward: something that led to the result must require a gradient, but nothing did for the tensor of shape {root.Shape}. Hint: mark parameters with AsParameter, and do not compute the loss under NoGrad or from Detach.");
        if (seed is null && root.Elements != 1)
            throw new ShapeException($"backward: a result of several elements needs the gradient to start from, but its shape is {root.Shape} and no gradient was given. Hint: reduce it with Sum or Mean, or pass a gradient.");
        if (seed is not null && seed.Shape != root.Shape)
            throw new ShapeException($"backward: the starting gradient must have the shape of the result, but it is {seed.Shape} and the result is {root.Shape}.");
        using (Scope scope = Scope.Begin("backward"))
        {
            scope.KeepGraph(_createGraph);
            Tensor start = (seed ?? Tensor.Ones(root.Shape, root.DType)).To(root.DType);
            Observer?.TellBackwardStarting(root, start);
            Receive(source, root.Edge.Slot, start);
        }

        if (source is Leaf leaf && sink is not null && _visits[leaf].Senders == 0) Finish(leaf, sink);
    }

    void Differentiate(Node node, IGradientSink? sink, bool retainGraph)
    {
        Visit visit = _visits[node];
        bool arrived = Array.Exists(visit.Arrived, g => g is not null);
        // Of a graph that goes on below the asked-for inputs, that part is neither computed nor used up.
        bool leads = false;
        foreach (Edge edge in node.Inputs) leads |= IsWanted(edge.Target);
        using (Scope scope = Scope.Begin("backward"))
        {
            scope.KeepGraph(_createGraph);
            var dx = new Tensor?[node.Inputs.Length];
            if (arrived && leads)
            {
                if (node.IsFreed) throw node.Freed();
                Observer?.TellDifferentiating(node);
                node.Op.VjpAll(new Cotangents(node, visit.Arrived, this), dx);
            }

            for (int i = 0; i < dx.Length; i++)
            {
                Edge edge = node.Inputs[i];
                dx[i] = dx[i] is { } gradient && IsWanted(edge.Target) ? Fit(node, i, gradient, edge) : null;
            }

            if (arrived && leads) Observer?.TellDifferentiated(node, visit.Arrived, dx);
            for (int i = 0; i < dx.Length; i++) if (dx[i] is { } gradient) Receive(node.Inputs[i].Target!, node.Inputs[i].Slot, gradient);
        }

        if (leads && !retainGraph) node.Free();
        foreach (Tensor? gradient in visit.Arrived) gradient?.Release();
        Array.Clear(visit.Arrived);
        // Outside the pass's own scope: what a sink computes is the caller's, and temporaries no longer hold the gradient's memory.
        foreach (Edge edge in node.Inputs)
            if (edge.Target is { } target && --_visits[target].Senders == 0 && target is Leaf leaf && sink is not null) Finish(leaf, sink);
    }

    OperationObserver? Observer => _around is null ? OperationObserver.Current : null;

    /// <summary>Where the pass goes no further: at leaves, and outside of what it runs within.</summary>
    bool IsEnd(GraphNode node) => node is Leaf || (_newestOutside is { } newest && RunTrace.IsOutside(node, newest));

    internal bool IsWanted(GraphNode? target) => target is not null && _visits[target].Wanted;

    /// <summary>Undoes broadcasting and type promotion, once for every operation.</summary>
    static Tensor Fit(Node node, int input, Tensor gradient, Edge edge)
    {
        if (gradient.Shape != edge.Shape)
        {
            if (Shape.Broadcast(gradient.Shape, edge.Shape) != gradient.Shape)
                throw new GraphException($"backward: a gradient must have its input's shape, broadcast at most, but {node.Op.Name} gave {gradient.Shape} for input {input} of shape {edge.Shape}.");
            gradient = gradient.SumTo(edge.Shape);
        }

        return gradient.To(edge.DType);
    }

    void Receive(GraphNode target, int slot, Tensor gradient)
    {
        ref Tensor? arrived = ref _visits[target].Arrived[slot];
        if (arrived is null)
        {
            arrived = gradient.Persist();
            return;
        }

        Tensor before = arrived;
        if (!_createGraph && before.IsExclusive && before.IsContiguous)
        {
            before.AddUnrecorded(gradient);
            return;
        }

        arrived = (before + gradient).Persist();
        before.Release();
    }

    void Finish(Leaf leaf, IGradientSink sink)
    {
        Visit visit = _visits[leaf];
        leaf.Hooks?.Run(visit.Arrived, retain: false, _createGraph);
        ref Tensor? arrived = ref visit.Arrived[0];
        if (arrived is null) return;
        _reached.Add(leaf);
        sink.Ready(leaf.Tensor, arrived);
        arrived.Release();
        arrived = null;
    }

    void Capture(Node node, ReadOnlySpan<Edge> ends, Tensor?[] found)
    {
        for (int i = 0; i < ends.Length; i++)
            if (ReferenceEquals(ends[i].Target, node)) found[i] = Deliver(_visits[node].Arrived[ends[i].Slot]);
    }

    /// <summary>Values of the caller's own: where the seed or another input's gradient is the same memory, a copy.</summary>
    static Tensor? Deliver(Tensor? gradient)
    {
        if (gradient is null) return null;
        if (!gradient.IsExclusive) return gradient.Copy();
        Tensor result = gradient.Alias();
        if (gradient.Source is { } source) result.Connect(source, gradient.Edge.Slot);
        return result;
    }
}
