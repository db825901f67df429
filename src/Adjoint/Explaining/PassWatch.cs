namespace Adjoint.Explaining;

/// <summary>Copies what one forward and one backward pass compute.</summary>
/// <param name="most">How many numbers may be copied. Nothing is copied that would make it more; the rest is only counted, to be named.</param>
internal sealed class PassWatch(long most) : OperationObserver
{
    readonly List<ExplainedValue> _values = [];
    readonly List<ExplainedOperation> _operations = [];
    readonly Dictionary<Node, ExplainedOperation> _recorded = [];
    readonly Dictionary<(GraphNode Source, int Slot), ExplainedValue> _sources = [];
    readonly Dictionary<Tensor, ExplainedValue> _constants = new(ReferenceEqualityComparer.Instance);
    readonly Stack<string> _modules = [];

    (Op Op, Tensor[] Inputs, Tensor[] Outputs)? _applied;
    long _numbers;

    public IReadOnlyList<ExplainedValue> Values => _values;

    public IReadOnlyList<ExplainedOperation> Operations => _operations;

    /// <exception cref="GraphException">There were more numbers than may be copied.</exception>
    public void CheckSize()
    {
        if (_numbers > most)
            throw new GraphException(FormattableString.Invariant($"explain: the inputs, parameters and results of an explained pass must be at most {most:#,0} numbers, but they are {_numbers:#,0}. Hint: explain a smaller model, or fewer rows."));
    }

    /// <summary>The value that a tensor of the pass is.</summary>
    public ExplainedValue? Of(Tensor tensor) => tensor.Source is not { } source ? null
        : _sources.TryGetValue((source, tensor.Edge.Slot), out ExplainedValue? value) ? value
        : source is Node node && _recorded.ContainsKey(node) ? Result(node, tensor.Edge.Slot, tensor)
        : null;

    protected override void Calling(string module, Type kind) => _modules.Push(module);

    protected override void Called() => _modules.TryPop(out _);

    protected override void Applied(Op op, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) =>
        _applied = IsDifferentiating ? null : (op, inputs.ToArray(), outputs.ToArray());

    protected override void Recorded(Node node)
    {
        // What a checkpointed function does at first is no part of the graph: its one operation is, which is recorded without having been applied.
        if (IsDifferentiating || RunTrace.Current is { IsFirst: true }) return;
        (Tensor[]? tensors, Tensor[] results) = _applied is var (op, from, to) && ReferenceEquals(op, node.Op) ? (from, to[..^op.HiddenOutputs]) : (null, []);
        _applied = null;
        ExplainedValue[] inputs = [.. node.Inputs.Select((edge, i) => Input(edge, tensors?[i]))];
        var operation = new ExplainedOperation(_operations.Count + 1, node.Op, _modules.TryPeek(out string? module) ? module : null, inputs);
        _operations.Add(operation);
        _recorded.Add(node, operation);
        for (int i = 0; i < results.Length; i++) Result(node, i, results[i]);
        for (int i = 0; i < inputs.Length; i++) inputs[i].Add(new(operation, i));
    }

    protected override void Differentiated(Node node, ReadOnlySpan<Tensor?> arrived, ReadOnlySpan<Tensor?> gradients)
    {
        if (!_recorded.TryGetValue(node, out ExplainedOperation? operation)) return;
        for (int i = 0; i < arrived.Length; i++)
            if (arrived[i] is { } gradient && _sources.TryGetValue((node, i), out ExplainedValue? output)) output.Gradient = Numbers(gradient);
        for (int i = 0; i < gradients.Length; i++)
        {
            if (gradients[i] is not { } gradient) continue;
            ExplainedValue input = operation.Inputs[i];
            double[] given = Numbers(gradient);
            input.Uses.First(u => u.Operation == operation && u.Input == i).Gradient = given;
            // Of results, what arrives with all its hooks replaces this sum when their turn comes.
            input.Gradient = input.Gradient is { } before ? [.. before.Zip(given, (a, b) => a + b)] : given;
        }
    }

    ExplainedValue Input(Edge edge, Tensor? tensor)
    {
        if (edge.Target is { } source)
        {
            if (_sources.TryGetValue((source, edge.Slot), out ExplainedValue? known)) return known;
            tensor ??= (source as Leaf)?.Tensor;
            if (source is Node node && _recorded.ContainsKey(node)) return Result(node, edge.Slot, tensor);
            return _sources[(source, edge.Slot)] = Met(source is Leaf ? ExplainedKind.Leaf : ExplainedKind.Result, edge.Shape, edge.DType, tensor);
        }

        if (tensor is null) return Met(ExplainedKind.Constant, edge.Shape, edge.DType, null);
        if (!_constants.TryGetValue(tensor, out ExplainedValue? constant)) _constants.Add(tensor, constant = Met(ExplainedKind.Constant, edge.Shape, edge.DType, tensor));
        return constant;
    }

    ExplainedValue Result(Node node, int slot, Tensor? tensor)
    {
        ExplainedValue value = _sources[(node, slot)] = Met(ExplainedKind.Result, node.Outputs[slot].Shape, node.Outputs[slot].DType, tensor);
        _recorded[node].Add(value);
        return value;
    }

    ExplainedValue Met(ExplainedKind kind, Shape shape, DType dtype, Tensor? tensor)
    {
        var value = new ExplainedValue(_values.Count, kind, shape, dtype, tensor?.Name);
        _values.Add(value);
        _numbers += shape.Elements;
        if (tensor is not null && _numbers <= most) value.Values = Numbers(tensor);
        return value;
    }

    // By the kernel: an operation would be told to other observers.
    static unsafe double[] Numbers(Tensor tensor)
    {
        double[] numbers = new double[tensor.Elements];
        if (numbers.Length == 0) return numbers;
        fixed (double* first = numbers)
        {
            var target = new Kernels.Operand { Data = first, DType = DType.F64, Shape = tensor.Shape.Sizes, Strides = tensor.Shape.Strides };
            Kernels.Elementwise.Run(Formula.Identity, DType.F64, [tensor.Operand], [target]);
        }

        GC.KeepAlive(tensor);
        return numbers;
    }
}
