using Adjoint.Ops;

namespace Adjoint.Training;

/// <summary>Watches one step of a training: what parameters and activation functions do in it. The numbers stay as they are.</summary>
internal sealed class LayerObserver : OperationObserver
{
    /// <summary>Of larger parameters the change is measured on a part, so that a copy of the part suffices.</summary>
    const long MostCompared = 1 << 16;

    readonly OrderedDictionary<Tensor, bool> _used = new(ReferenceEqualityComparer.Instance);
    readonly List<(WatchedActivation Activation, ActivationSample Sample)> _activations = [];
    readonly Dictionary<string, int> _names = [];
    readonly Dictionary<Tensor, (string Name, float[] Before, float Gradient, float Weight)> _before = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<Tensor, double> _signals = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<Tensor, Tensor> _forms = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<string, ParameterSample> _parameters = [];
    bool _isForwardOver, _isStepping;

    /// <summary>The parameters in the order of their first use, and whether each is a matrix that signals pass through.</summary>
    public IEnumerable<(Tensor Parameter, bool IsWeight)> Used => _used.Select(u => (u.Key, u.Value));

    /// <summary>Activation functions in the order of the forward pass.</summary>
    public IReadOnlyList<(WatchedActivation Activation, ActivationSample Sample)> Activations => _activations;

    /// <summary>What the optimizer did, by the parameters' names.</summary>
    public IReadOnlyDictionary<string, ParameterSample> Parameters => _parameters;

    /// <summary>The names that the optimizer knows parameters by.</summary>
    public IReadOnlyDictionary<Tensor, string> Names => _before.ToDictionary(b => b.Key, b => b.Value.Name);

    protected override void Applied(Op op, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        // Of a step of several batches the first is looked at; what is computed again in a backward pass has been seen.
        if (_isForwardOver || _isStepping || IsDifferentiating) return;
        foreach (Tensor input in inputs)
        {
            if (ParameterOf(input) is not { } parameter) continue;
            // A view or another type of a parameter is not used yet.
            if (IsForm(op)) _forms[outputs[0]] = parameter;
            else _used.TryAdd(parameter, parameter.Rank >= 2 && op is not Embedding);
        }

        if (KindOf(op) is not { } kind || outputs[0].Elements == 0) return;
        string name = $"{CurrentModulePath()} {op.Name}".TrimStart();
        int times = _names[name] = _names.GetValueOrDefault(name) + 1;
        _activations.Add((new(times == 1 ? name : $"{name} {times}", kind), Statistics.Of(outputs[0], op, kind)));
    }

    protected override void BackwardStarting(Tensor root, Tensor gradient) => _isForwardOver = true;

    protected override void Differentiated(Node node, ReadOnlySpan<Tensor?> arrived, ReadOnlySpan<Tensor?> gradients)
    {
        if (IsForm(node.Op) || arrived[0] is not { } dy) return;
        foreach (Edge edge in node.Inputs)
            if (ParameterOf(edge.Target) is { } parameter) _signals.TryAdd(parameter, Statistics.Norm(dy));
    }

    protected override void Updating(ParameterUpdate update)
    {
        _isStepping = true;
        _before[update.Parameter] = (update.Name, Statistics.Part(update.Parameter, MostCompared), (float)Statistics.Norm(update.Gradient), (float)Statistics.Norm(update.Parameter));
    }

    protected override void Updated(ParameterUpdate update)
    {
        (string name, float[] before, float gradient, float weight) = _before[update.Parameter];
        _parameters[name] = new(gradient, _signals.TryGetValue(update.Parameter, out double signal) ? (float)signal : float.NaN, weight, Statistics.Change(before, Statistics.Part(update.Parameter, MostCompared)));
    }

    protected override void StepEnded() => _isStepping = false;

    static bool IsForm(Op op) => op is ViewOp or Cast;

    Tensor? ParameterOf(Tensor input) => input.IsParameter ? input : _forms.GetValueOrDefault(input);

    static Tensor? ParameterOf(GraphNode? source)
    {
        while (source is Node { Inputs: [var edge, ..] } node && IsForm(node.Op)) source = edge.Target;
        return source is Leaf { Tensor: { IsParameter: true } parameter } ? parameter : null;
    }

    static string CurrentModulePath()
    {
        string? module = CurrentModule;
        return module is null ? "" : module.StartsWith('\'') ? module[1..module.IndexOf('\'', 1)] : module;
    }

    static ActivationKind? KindOf(Op op) => op switch
    {
        Relu or Relu6 or Gelu or Silu or Mish or HardSwish => ActivationKind.Rectifier,
        Ops.Sigmoid or Tanh or HardSigmoid or HardTanh or Softsign => ActivationKind.Sigmoid,
        LeakyRelu or PRelu or Elu or Selu or Celu or Softplus or SwiGlu => ActivationKind.Other,
        _ => null,
    };
}
