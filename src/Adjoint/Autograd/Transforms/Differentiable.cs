namespace Adjoint;

/// <summary>Inputs of a function that is being differentiated: stand-ins for the caller's tensors, at which the gradients are picked up.</summary>
/// <remarks>
/// The caller's tensors stay as they are. A stand-in leads back to its tensor where that one is recorded outside, so that a
/// derivative can be differentiated again; it stands on the innermost level of Vmap, so that nothing there is mixed up with it.
/// </remarks>
internal sealed class Differentiable
{
    readonly HashSet<GraphNode> _own = new(ReferenceEqualityComparer.Instance);
    readonly bool _record;

    /// <summary>Stand-ins for some tensors.</summary>
    /// <param name="tensors">The caller's.</param>
    /// <param name="record">Whether operations were recorded outside.</param>
    /// <param name="operation">Who asks, for messages.</param>
    /// <exception cref="DTypeException">A tensor holds no floating-point numbers.</exception>
    public Differentiable(Tensor[] tensors, bool record, string operation)
    {
        _record = record;
        Inputs = Array.ConvertAll(tensors, x => StandIn(x, operation));
    }

    /// <summary>The stand-ins.</summary>
    public Tensor[] Inputs { get; }

    /// <summary>Σ seeds·∂outputs/∂input for each input; zeros where no path leads there.</summary>
    /// <param name="outputs">What the function gave.</param>
    /// <param name="seeds">The gradient to start from for each; null is 1, for a single value.</param>
    /// <param name="retainGraph">Keep the graph for another pass.</param>
    /// <param name="record">Whether the result is differentiated again: as far as <see cref="Records"/> says, when not given.</param>
    public Tensor[] Pull(Tensor[] outputs, Tensor?[] seeds, bool retainGraph, bool? record = null)
    {
        bool again = record ?? (Records(outputs) || (_record && seeds.Any(s => s?.HasGraph ?? false)));
        int[] roots = [.. Enumerable.Range(0, outputs.Length).Where(i => outputs[i].RequiresGrad)];
        Tensor?[] found = roots.Length == 0
            ? new Tensor?[Inputs.Length]
            : BackwardPass.Gradients([.. roots.Select(i => outputs[i])], [.. roots.Select(i => seeds[i])], Inputs, retainGraph || again, again);
        return [.. found.Zip(Inputs, (dx, x) => dx ?? Tensor.Zeros(x.Shape, x.DType))];
    }

    /// <summary>Whether something outside could ask how the derivative depends on it.</summary>
    public bool Records(Tensor[] outputs) => _record && outputs.Any(y => y.HasGraph && (LeadsElsewhere(y) || IsRecordedOutside(y)));

    /// <summary>A result for the caller, without the stand-ins' graph where nothing outside is in it.</summary>
    public Tensor Value(Tensor y)
    {
        Tensor value = y.Alias();
        if (Records([y]) && y.Source is { } source) value.Connect(source, y.Edge.Slot);
        return value;
    }

    Tensor StandIn(Tensor x, string operation)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!x.DType.IsFloat) throw new DTypeException($"{operation}: only floating-point numbers can be differentiated by, but an argument of shape {x.Shape} is {x.DType}. Hint: take it from the surroundings of the function, or make it an argument that is not differentiated by.");
        Tensor at = x.On(MapLevel.Current);
        Tensor input;
        if (_record && at.RequiresGrad) input = at.Expand(at.Shape);
        else
        {
            input = at.Alias();
            input.Connect(new Leaf(input), 0);
        }

        _own.Add(input.Source!);
        return input;
    }

    static bool IsRecordedOutside(Tensor y) => y.Level is not null && y.Items.HasGraph;

    bool LeadsElsewhere(Tensor y)
    {
        HashSet<GraphNode> met = new(ReferenceEqualityComparer.Instance);
        var waiting = new Stack<GraphNode>();
        if (y.Source is { } source) waiting.Push(source);
        while (waiting.TryPop(out GraphNode? node))
        {
            if (!met.Add(node)) continue;
            if (node is Leaf)
            {
                if (!_own.Contains(node)) return true;
                continue;
            }

            foreach (Edge edge in ((Node)node).Inputs) if (edge.Target is { } target) waiting.Push(target);
        }

        return false;
    }
}
