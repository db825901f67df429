namespace Adjoint.Optim;

/// <summary>An optimizer that does the same to every element by itself: a <see cref="Optim.Rule"/>, run in one pass over memory.</summary>
public abstract class FormulaOptimizer : Optimizer
{
    Rule? _rule;

    /// <inheritdoc cref="Optimizer(IEnumerable{ParameterGroup}, double, double)"/>
    protected FormulaOptimizer(IEnumerable<ParameterGroup> groups, double learningRate, double weightDecay) : base(groups, learningRate, weightDecay)
    {
    }

    /// <summary>What happens to each element. Made once, at the first need, when all settings are known.</summary>
    protected abstract Rule MakeRule();

    /// <summary>The values of the rule's scalars at a step.</summary>
    /// <param name="group">The parameter's group.</param>
    /// <param name="step">The step of this parameter, from 1.</param>
    /// <param name="scalars">To be filled.</param>
    protected abstract void Scalars(ParameterGroup group, long step, Span<double> scalars);

    /// <summary>What the elements of a state are before the first step.</summary>
    /// <param name="state">The number of the state.</param>
    /// <param name="group">The parameter's group.</param>
    protected virtual double InitialState(int state, ParameterGroup group) => 0;

    Rule Rule => _rule ??= MakeRule();

    /// <inheritdoc/>
    protected internal sealed override (string Name, Shape Shape)[] StatesOf(Tensor parameter) => [.. Rule.States.Select(s => (s, parameter.Shape))];

    /// <inheritdoc/>
    protected internal sealed override double FirstState(int state, ParameterGroup group) => InitialState(state, group);

    /// <inheritdoc/>
    protected internal sealed override long Flops(Slot slot)
    {
        ArgumentNullException.ThrowIfNull(slot);
        return Rule.Formula.Arithmetic * slot.Parameter.Elements;
    }

    // The parameter and its states are read and written, the gradient is read.
    /// <inheritdoc/>
    protected internal sealed override long Bytes(Slot slot)
    {
        ArgumentNullException.ThrowIfNull(slot);
        Tensor w = slot.Parameter;
        return w.Elements * ((3 * w.DType.Bytes) + (2 * Rule.States.Length * slot.StateType.Bytes));
    }

    /// <inheritdoc/>
    protected internal sealed override void Update(ReadOnlySpan<Slot> slots)
    {
        Rule rule = Rule;
        Span<double> scalars = stackalloc double[rule.Scalars];
        using var pass = new RulePass(rule, slots.Length);
        foreach (Slot slot in slots)
        {
            if (slot.Parameter.Grad is null) continue;
            Prepare(slot);
            Scalars(slot.Group, ++slot.Steps, scalars);
            pass.Add(slot, scalars);
        }

        pass.Run();
        GC.KeepAlive(this);
    }
}
