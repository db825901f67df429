namespace Adjoint.Optim;

/// <summary>Limited-memory BFGS: steps along <c>−H·g</c>, H an estimate of the inverse Hessian from the last few gradients.</summary>
/// <remarks>
/// <para>For problems of which the whole loss can be computed again and again without noise. A call of <see cref="Step(Func{Tensor})"/>
/// takes several iterations, each of which evaluates the loss at least once. The first goes along −g, by at most <c>lr·g/Σ|g|</c>.</para>
/// <para><see cref="Optimizer.Step"/> takes one iteration with the gradients that are there, by the learning rate. Weight decay is
/// not part of the method; add it to the loss. State: 2·<see cref="HistorySize"/> + 2 vectors of the length of all parameters.
/// Source: Liu and Nocedal 1989.</para>
/// </remarks>
/// <example><code>
/// var optimizer = new Lbfgs(model.Parameters()) { LineSearch = LineSearch.StrongWolfe };
/// double before = optimizer.Step(() => model.Call(x).MseLoss(y));
/// </code></example>
[PyTorch("torch.optim.LBFGS", Differs = "The closure gives the loss and nothing else: clearing and `Backward` are the optimizer's. `line_search_fn=\"strong_wolfe\"` is `LineSearch.StrongWolfe`.")]
public sealed class Lbfgs : Optimizer
{
    readonly FlatParameters _flat;
    readonly CurvatureMemory _memory = new();
    Tensor? _gradient, _direction;      // of the last iteration
    double _rate;

    /// <summary>Takes the parameters, all in one group.</summary>
    /// <param name="parameters">Who is trained.</param>
    /// <param name="learningRate">The length of a step in units of its direction; the first trial of a line search.</param>
    /// <exception cref="GraphException">There is no parameter, one is given twice, or a tensor is not a parameter.</exception>
    public Lbfgs(IEnumerable<Tensor> parameters, double learningRate = 1) : base([new ParameterGroup(parameters)], learningRate, 0) => _flat = new([.. Parameters]);

    /// <summary>The most iterations of one call.</summary>
    public int MaxIterations { get; init; } = 20;

    /// <summary>The most evaluations of one call after which another iteration begins; 5/4 of the iterations when null.</summary>
    public int? MaxEvaluations { get; init; }

    /// <summary>A call ends where no element of the gradient is larger.</summary>
    public double GradientTolerance { get; init; } = 1e-7;

    /// <summary>A call ends where neither a parameter nor the loss changes by more.</summary>
    public double ChangeTolerance { get; init; } = 1e-9;

    /// <summary>The number of gradients remembered.</summary>
    public int HistorySize { get; init; } = 100;

    /// <summary>How far to go along a direction.</summary>
    public LineSearch LineSearch { get; init; }

    /// <summary>The number of iterations of all calls.</summary>
    public long Iterations { get; private set; }

    /// <summary>The number of evaluations of all calls.</summary>
    public long Evaluations { get; private set; }

    /// <summary>Iterates until the loss is as low as the tolerances ask for, or the call's iterations or evaluations are used up.</summary>
    /// <param name="closure">Computes the loss, a single value. Gradients are cleared before it, and back-propagated from it, here.</param>
    /// <returns>The loss before the first iteration.</returns>
    /// <exception cref="GraphException">A gradient is missing, or operations are not recorded.</exception>
    public double Step(Func<Tensor> closure)
    {
        ArgumentNullException.ThrowIfNull(closure);
        using Scope step = Scope.Begin("lbfgs");
        (double loss, Tensor gradient) = Evaluate(closure);
        double first = loss;
        long begin = Evaluations - 1, most = MaxEvaluations ?? (MaxIterations * 5 / 4);
        for (int i = 1; i <= MaxIterations && Vectors.Largest(gradient) > GradientTolerance; i++)
        {
            using Scope iteration = Scope.Begin("lbfgs iteration");
            double before = loss, slope = Turn(gradient);
            if (slope > -ChangeTolerance) break;
            if (LineSearch == LineSearch.StrongWolfe) (loss, gradient) = Search(closure, loss, gradient, slope);
            else
            {
                Go(_flat.Values(), _rate);
                if (i < MaxIterations) (loss, gradient) = Evaluate(closure);
            }

            iteration.Keep(gradient);
            bool isStill = Vectors.Largest(_direction!) * Math.Abs(_rate) <= ChangeTolerance || Math.Abs(loss - before) < ChangeTolerance;
            if (isStill || Evaluations - begin >= most) break;
        }

        Count();
        return first;
    }

    /// <inheritdoc/>
    public override OrderedDictionary<string, Tensor> State()
    {
        OrderedDictionary<string, Tensor> state = base.State();
        if (_gradient is null) return state;
        state["iterations"] = Tensor.Scalar(Iterations, DType.I64);
        state["evaluations"] = Tensor.Scalar(Evaluations, DType.I64);
        state["rate"] = Tensor.Scalar(_rate, DType.F64);
        state["scale"] = Tensor.Scalar(_memory.Scale, DType.F64);
        state["gradient"] = _gradient;
        state["direction"] = _direction!;
        for (int i = 0; i < _memory.Pairs.Count; i++) (state[$"history.{i}.step"], state[$"history.{i}.change"]) = (_memory.Pairs[i].Step, _memory.Pairs[i].Change);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        LbfgsState.Split(state, _flat.Elements, out Dictionary<string, Tensor> common, out int pairs);
        base.LoadState(common);
        _memory.Clear();
        (_gradient, _direction, _rate, Iterations, Evaluations) = (null, null, 0, 0, 0);
        if (!state.ContainsKey("gradient")) return;
        (Iterations, Evaluations, _rate) = ((long)state["iterations"].Item(), (long)state["evaluations"].Item(), state["rate"].Item());
        using Scope scope = Scope.Begin("lbfgs state");
        (_gradient, _direction) = (Own("gradient"), Own("direction"));
        for (int i = 0; i < pairs; i++) _memory.Remember(Own($"history.{i}.step"), Own($"history.{i}.change"));
        _memory.Scale = state["scale"].Item();

        Tensor Own(string name) => state[name].Detach().To(_flat.DType).Copy().AsBuffer();
    }

    internal override void CheckState(IReadOnlyDictionary<string, Tensor> state)
    {
        LbfgsState.Split(state, _flat.Elements, out Dictionary<string, Tensor> common, out _);
        base.CheckState(common);
    }

    /// <inheritdoc/>
    protected internal override (string Name, Shape Shape)[] StatesOf(Tensor parameter) => [];

    /// <inheritdoc/>
    protected internal override void Update(ReadOnlySpan<Slot> slots)
    {
        if (LineSearch != LineSearch.None) throw new GraphException($"{Name}: a line search evaluates the loss anew, but Step was called without a way to. Hint: Step(() => loss).");
        using Scope scope = Scope.Begin("lbfgs");
        if (Turn(_flat.Gradients()) <= -ChangeTolerance) Go(_flat.Values(), _rate);
    }

    /// <summary>Chooses the next direction and the first trial of its length.</summary>
    /// <returns>The slope of the loss along it.</returns>
    double Turn(Tensor gradient)
    {
        if (_gradient is not null) _memory.Learn(Vectors.Scaled(_direction!, _rate), Vectors.Sum(gradient, _gradient, -1), HistorySize);
        bool isFirst = Iterations++ == 0;
        Replace(ref _direction, _memory.Direction(gradient));
        Replace(ref _gradient, gradient.Detach().Copy());
        _rate = LearningRate * (isFirst ? Math.Min(1, 1 / Vectors.AbsoluteSum(gradient)) : 1);
        return Vectors.Dot(gradient, _direction!);
    }

    void Go(Tensor from, double rate)
    {
        using Scope scope = Scope.Begin("lbfgs move");
        _flat.Set(Vectors.Sum(from, _direction!, rate));
    }

    (double Loss, Tensor Gradient) Search(Func<Tensor> closure, double loss, Tensor gradient, double slope)
    {
        Tensor from = _flat.Values(), d = _direction!;
        StrongWolfe.Point found = StrongWolfe.Search(new(0, loss, gradient, slope), _rate, Vectors.Largest(d), ChangeTolerance, rate =>
        {
            Go(from, rate);
            (double there, Tensor g) = Evaluate(closure);
            return new(rate, there, g, Vectors.Dot(g, d));
        });
        _rate = found.Rate;
        Go(from, _rate);
        return (found.Loss, found.Gradient);
    }

    (double Loss, Tensor Gradient) Evaluate(Func<Tensor> closure)
    {
        ZeroGrad();
        Evaluations++;
        using Scope scope = Scope.Begin("closure");
        Tensor loss = closure();
        loss.Backward();
        CheckGradients();
        return (loss.Item(), scope.Keep(_flat.Gradients()));
    }

    static void Replace(ref Tensor? held, Tensor by)
    {
        held?.Release();
        held = by.AsBuffer();
    }
}
