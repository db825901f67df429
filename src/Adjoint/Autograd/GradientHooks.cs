namespace Adjoint;

/// <summary>What was asked to happen when the gradient of a point of the graph is complete.</summary>
/// <remarks>A point without hooks has no such object, and pays nothing.</remarks>
internal sealed class GradientHooks
{
    readonly List<Registration> _registrations = [];
    readonly Dictionary<int, Retained> _retained = [];

    public IDisposable Add(int slot, Func<Tensor, Tensor?> hook)
    {
        var registration = new Registration(this, slot, hook);
        _registrations.Add(registration);
        return registration;
    }

    public void Retain(int slot, Tensor tensor) => _retained.TryAdd(slot, new(new(tensor)));

    public Tensor? Gradient(int slot) => _retained.TryGetValue(slot, out Retained? retained) ? retained.Sum : null;

    /// <summary>Runs the hooks in the order of registration; each sees what the one before gave.</summary>
    /// <param name="arrived">The gradients by slot, held by the pass.</param>
    /// <param name="retain">Whether this pass fills <see cref="Tensor.Grad"/>.</param>
    /// <param name="createGraph">Whether the pass is recorded.</param>
    public void Run(Tensor?[] arrived, bool retain, bool createGraph)
    {
        foreach (Registration registration in _registrations.ToArray())
        {
            if (arrived[registration.Slot] is not { } gradient || registration.Hook(gradient) is not { } replacement || ReferenceEquals(replacement, gradient)) continue;
            if (replacement.Shape != gradient.Shape) throw new ShapeException($"gradient hook: a replacement must have the gradient's shape, but it is {replacement.Shape} and the gradient is {gradient.Shape}.");
            if (replacement.DType != gradient.DType) throw new DTypeException($"gradient hook: a replacement must have the gradient's type, but it is {replacement.DType} and the gradient is {gradient.DType}. Hint: convert it with To.");
            arrived[registration.Slot] = replacement.Persist();
            gradient.Release();
        }

        if (!retain) return;
        foreach ((int slot, Retained retained) in _retained) if (arrived[slot] is { } gradient) retained.Add(gradient, createGraph);
    }

    sealed class Registration(GradientHooks hooks, int slot, Func<Tensor, Tensor?> hook) : IDisposable
    {
        public int Slot => slot;
        public Func<Tensor, Tensor?> Hook => hook;

        public void Dispose() => hooks._registrations.Remove(this);
    }

    /// <summary>The gradient of a value in the middle, as long as somebody holds that value.</summary>
    sealed class Retained(WeakReference<Tensor> of)
    {
        public Tensor? Sum { get; private set; }

        public void Add(Tensor gradient, bool createGraph)
        {
            if (!of.TryGetTarget(out Tensor? tensor) || tensor.IsReleased) return;
            using (Scope scope = Scope.Begin("gradient accumulation"))
            {
                scope.KeepGraph(createGraph);
                Tensor? before = Sum;
                Sum = before is null ? gradient.Copy().Persist() : (before + gradient).Persist();
                before?.Release();
            }

            tensor.Owner?.Own(Sum);     // it goes with the scope of the value
        }
    }
}

public sealed partial class Tensor
{
    /// <summary>Calls a function with the gradient of this tensor in every backward pass; what it returns, unless null, takes the gradient's place.</summary>
    /// <remarks>
    /// It runs once a pass, when the gradient is summed over all uses; for a leaf before it reaches <see cref="Grad"/> or the sink.
    /// Several run in the order of registration. The gradient is valid during the call; what the function computes belongs
    /// to the caller's scope, and is recorded under <c>createGraph</c>.
    /// </remarks>
    /// <returns>Dispose it to remove the hook.</returns>
    /// <example><code>using IDisposable clip = hidden.RegisterHook(g => g.Clamp(-1, 1));</code></example>
    /// <exception cref="GraphException">This tensor requires no gradient.</exception>
    /// <exception cref="ShapeException">In the backward pass: the replacement has another shape.</exception>
    /// <exception cref="DTypeException">In the backward pass: the replacement has another type.</exception>
    public IDisposable RegisterHook(Func<Tensor, Tensor?> hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        if (_source is null) throw new GraphException($"gradient hook: the tensor must require a gradient, but {Describe(null)} does not. Hint: mark it with AsParameter, or compute it from parameters outside of NoGrad.");
        return (_source.Hooks ??= new()).Add(_slot, hook);
    }

    /// <summary>Calls a function with the gradient of this tensor in every backward pass; the gradient stays as it is.</summary>
    /// <inheritdoc cref="RegisterHook(Func{Tensor, Tensor})"/>
    public IDisposable RegisterHook(Action<Tensor> hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        return RegisterHook(gradient =>
        {
            hook(gradient);
            return null;
        });
    }

    /// <summary>Lets <see cref="Grad"/> be filled although this is no leaf: after all hooks, added up over passes, for as long as this tensor lives.</summary>
    /// <exception cref="GraphException">This tensor requires no gradient.</exception>
    public void RetainGrad()
    {
        if (_source is null) throw new GraphException($"retain grad: the tensor must require a gradient, but {Describe(null)} does not. Hint: mark it with AsParameter, or compute it from parameters outside of NoGrad.");
        if (_source is Node) (_source.Hooks ??= new()).Retain(_slot, this);
    }
}
