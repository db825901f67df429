namespace Adjoint.Optim;

/// <summary>Changes parameters by their gradients. Methods differ in what they do then; everything around it is here.</summary>
/// <remarks>
/// An optimizer refuses to train less than it was given: an empty list, a tensor that is no parameter, one given twice, and a
/// parameter whose gradient is missing when <see cref="Step"/> is called are errors that name the tensor. So are, at the first step, a
/// leaf that received a gradient but belongs to no optimizer, and at every step a gradient that was used before.
/// </remarks>
public abstract class Optimizer
{
    readonly Slot[] _slots;
    bool _isCovering;       // nobody was left out at the first step

    /// <summary>Takes the groups of parameters.</summary>
    /// <param name="groups">Who is trained, and how.</param>
    /// <param name="learningRate">The learning rate of groups that bring none.</param>
    /// <param name="weightDecay">The weight decay of groups that bring none.</param>
    /// <exception cref="GraphException">There is no parameter, one is given twice, or a tensor is not a parameter.</exception>
    protected Optimizer(IEnumerable<ParameterGroup> groups, double learningRate, double weightDecay)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Groups = [.. groups];
        foreach (ParameterGroup group in Groups) group.Complete(learningRate, weightDecay);
        var slots = new List<Slot>();
        foreach (ParameterGroup group in Groups)
            foreach (Tensor parameter in group.Parameters) slots.Add(new(parameter, parameter.Name ?? $"{slots.Count}", group));
        _slots = [.. slots];
        if (_slots.Length == 0) throw new GraphException($"{Name}: an optimizer needs at least one parameter, but the list is empty. Hint: pass model.Parameters().");
        var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var names = new HashSet<string>();
        foreach (Slot slot in _slots)
        {
            if (!slot.Parameter.IsParameter) throw new GraphException($"{Name}: only parameters can be trained, but '{slot.Name}' of shape {slot.Parameter.Shape} is not one. Hint: mark it with AsParameter, and pass the tensor itself, not a view of it.");
            if (!seen.Add(slot.Parameter)) throw new GraphException($"{Name}: each parameter is given once, but '{slot.Name}' of shape {slot.Parameter.Shape} is given twice.");
            if (!names.Add(slot.Name)) throw new GraphException($"{Name}: parameters must have different names, but two are called '{slot.Name}'.");
        }

        foreach (Slot slot in _slots) slot.Parameter.IsTrained = true;
    }

    /// <summary>The groups, in the order given.</summary>
    [PyTorch("torch.optim.Optimizer.param_groups")]
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>All parameters of all groups.</summary>
    public IEnumerable<Tensor> Parameters => _slots.Select(s => s.Parameter);

    /// <summary>What messages call the optimizer.</summary>
    public string Name => Names.Snake(GetType().Name);

    /// <summary>The first group's learning rate without its <see cref="ParameterGroup.RateFactor"/>; setting it sets all groups', each by its factor.</summary>
    public double LearningRate
    {
        get => Groups[0].CommonRate;
        set
        {
            foreach (ParameterGroup group in Groups) group.CommonRate = value;
        }
    }

    /// <summary>Whether parameters without a gradient are passed over instead of being an error.</summary>
    /// <remarks>For models of which a step uses only a part; <see cref="ParameterGroup.AllowMissingGradients"/> says it of some parameters alone. At least one gradient is asked for in any case.</remarks>
    public bool AllowMissingGradients { get; init; }

    /// <summary>Whether a leaf that receives a gradient together with these parameters may belong to no optimizer, instead of being an error at the first step.</summary>
    public bool AllowOtherLeaves { get; init; }

    /// <summary>Whether gradients that a step has used may be used, or added to, again instead of being an error.</summary>
    /// <remarks>Gradients that were set by <see cref="Tensor.SetGrad"/> are never asked.</remarks>
    public bool AllowUsedGradients { get; init; }

    /// <summary>How often <see cref="Step"/> was called.</summary>
    public long Steps { get; private set; }

    /// <summary>Changes every parameter that is not frozen by its gradient.</summary>
    /// <exception cref="GraphException">A gradient is missing or was used before, or a leaf that received one belongs to no optimizer; the message names them.</exception>
    [PyTorch("torch.optim.Optimizer.step", Differs = "Refuses missing, used and uncleared gradients, see [never silently wrong](never-silently-wrong.md).")]
    public void Step()
    {
        CheckGradients();
        if (OperationObserver.Current is { } observer) UpdateObserved(observer);
        else Update(_slots);
        StepChecks.Remember(_slots);
        Count();
    }

    /// <summary>Drops the gradients; the next backward pass starts from nothing.</summary>
    [PyTorch("torch.optim.Optimizer.zero_grad", Differs = "Always to null.")]
    public void ZeroGrad()
    {
        foreach (Slot slot in _slots) if (slot.Parameter.IsLeaf) slot.Parameter.SetGrad(null);
    }

    /// <summary>All that a resume needs, by name: <c>Body.0.Weight.momentum</c>, <c>Body.0.Weight.steps</c>, <c>groups.0.learning_rate</c>, <c>steps</c>.</summary>
    /// <remarks>State tensors are the optimizer's own, not copies; they appear once a parameter has taken a step.</remarks>
    [PyTorch("torch.optim.Optimizer.state_dict", Differs = "Tensors by name.")]
    public virtual OrderedDictionary<string, Tensor> State() => OptimizerState.Save(this, _slots, Steps);

    /// <summary>Restores what <see cref="State"/> gave, in an optimizer of the same kind over parameters of the same names.</summary>
    /// <exception cref="ArgumentException">Names are missing or unexpected, or shapes differ; the message lists all of them.</exception>
    [PyTorch("torch.optim.Optimizer.load_state_dict")]
    public virtual void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Steps = OptimizerState.Load(this, _slots, state);
    }

    /// <summary>Throws what <see cref="LoadState"/> would throw.</summary>
    internal virtual void CheckState(IReadOnlyDictionary<string, Tensor> state) => OptimizerState.Check(this, _slots, state);

    /// <summary>Makes sure that everything a model trains is trained by this optimizer.</summary>
    /// <exception cref="GraphException">A parameter that is not frozen belongs to none of the groups; the message names all.</exception>
    public void CheckCovers(Nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var known = new HashSet<Tensor>(_slots.Select(s => s.Parameter), ReferenceEqualityComparer.Instance);
        string[] missing = [.. model.NamedParameters().Where(p => p.Tensor.IsLeaf && !known.Contains(p.Tensor)).Select(p => p.Name)];
        if (missing.Length > 0) throw new GraphException($"{Name}: every parameter of the model must be trained or frozen, but {StepChecks.List(missing)} {(missing.Length == 1 ? "belongs" : "belong")} to no group.");
    }

    /// <summary>What is remembered about a parameter: a name and a shape for each state tensor.</summary>
    protected internal abstract (string Name, Shape Shape)[] StatesOf(Tensor parameter);

    /// <summary>What the elements of a state are before the first step.</summary>
    /// <param name="state">The number of the state.</param>
    /// <param name="group">The parameter's group.</param>
    protected internal virtual double FirstState(int state, ParameterGroup group) => 0;

    /// <summary>Changes the parameters that have a gradient, in place and unrecorded (<see cref="NoGrad"/>); parameters without one are left alone.</summary>
    /// <remarks>For each of them: <see cref="Prepare"/>, count <see cref="Slot.Steps"/>, write <see cref="Slot.States"/> and the parameter. An optimizer that does the same to every element is shorter as a <see cref="FormulaOptimizer"/>.</remarks>
    protected internal abstract void Update(ReadOnlySpan<Slot> slots);

    /// <summary>The floating-point operations of one parameter's step; 0 where <see cref="Update"/> is made of operations, which say their own.</summary>
    protected internal virtual long Flops(Slot slot) => 0;

    /// <summary>The bytes that one parameter's step reads and writes; 0 where <see cref="Update"/> is made of operations, which say their own.</summary>
    protected internal virtual long Bytes(Slot slot) => 0;

    /// <summary>Makes the state tensors where they are not there yet: at the first step, so that an optimizer costs nothing before.</summary>
    protected internal void Prepare(Slot slot)
    {
        ArgumentNullException.ThrowIfNull(slot);
        if (slot.IsPrepared) return;
        (string Name, Shape Shape)[] wanted = StatesOf(slot.Parameter);
        var states = new Tensor[wanted.Length];
        // A lambda here would capture the slot, and be allocated at every step.
        for (int i = 0; i < states.Length; i++) states[i] = Tensor.Full(wanted[i].Shape, FirstState(i, slot.Group), slot.StateType).AsBuffer();
        slot.Tensors = states;
        slot.IsPrepared = true;
    }

    private protected void Count() => Steps++;

    /// <exception cref="GraphException">A gradient is missing, was used before, or belongs to a leaf that no optimizer trains.</exception>
    private protected void CheckGradients()
    {
        StepChecks.Run(this, _slots, !_isCovering);
        _isCovering = true;
    }

    /// <summary>The step, with observers told of every parameter before and after.</summary>
    void UpdateObserved(OperationObserver observer)
    {
        try
        {
            foreach (Slot slot in _slots) if (slot.Parameter.Grad is not null) observer.TellUpdating(Described(slot));
            Update(_slots);
            foreach (Slot slot in _slots) if (slot.Parameter.Grad is not null) observer.TellUpdated(Described(slot));
        }
        finally
        {
            observer.TellStepEnded();
        }
    }

    ParameterUpdate Described(Slot slot) =>
        new(Name, slot.Name, slot.Parameter, slot.Parameter.Grad!, slot.Group.LearningRate, Steps + 1, slot.IsPrepared ? [.. StatesOf(slot.Parameter).Zip(slot.States, (s, value) => (s.Name, value))] : [], Flops(slot), Bytes(slot));
}
