using System.Diagnostics.CodeAnalysis;

namespace Adjoint.Optim;

/// <summary>Steps divided by the root of all squares so far: <c>s ← s + g²</c>, <c>w ← w − lr·g/(√s + ε)</c>.</summary>
/// <remarks>State: one tensor a parameter. Source: Duchi, Hazan, Singer 2011.</remarks>
/// <param name="groups">Who is trained, and how.</param>
/// <param name="learningRate">The learning rate of groups that bring none.</param>
/// <param name="weightDecay">The weight decay of groups that bring none.</param>
/// <exception cref="GraphException">There is no parameter, one is given twice, or a tensor is not a parameter.</exception>
[PyTorch("torch.optim.Adagrad", Differs = "`lr_decay` and `initial_accumulator_value` are `LearningRateDecay` and `InitialSum`.")]
public sealed class Adagrad(IEnumerable<ParameterGroup> groups, double learningRate = 1e-2, double weightDecay = 0) : FormulaOptimizer(groups, learningRate, weightDecay)
{
    /// <summary>One group over all parameters.</summary>
    /// <inheritdoc cref="Adagrad(IEnumerable{ParameterGroup}, double, double)"/>
    public Adagrad(IEnumerable<Tensor> parameters, double learningRate = 1e-2, double weightDecay = 0) : this([new ParameterGroup(parameters)], learningRate, weightDecay)
    {
    }

    /// <summary>The learning rate at step t is <c>lr / (1 + (t − 1)·decay)</c>.</summary>
    public double LearningRateDecay { get; init; }

    /// <summary>What the sum of squares starts from.</summary>
    public double InitialSum { get; init; }

    /// <summary>What keeps the division away from zero.</summary>
    public double Epsilon { get; init; } = 1e-10;

    /// <inheritdoc/>
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = Rule.IsRead)]
    protected override Rule MakeRule()
    {
        double epsilon = Epsilon;
        Formula d = Rule.Decayed, sum = Formula.Of((s, g) => s + g * g);
        return new(
            Formula.Of((w, g, s, lr, decay) => new[]
            {
                w - lr * d.Apply(w, g, decay) / (Math.Sqrt(sum.Apply(s, d.Apply(w, g, decay))) + epsilon),
                sum.Apply(s, d.Apply(w, g, decay)),
            }),
            "sum");
    }

    /// <inheritdoc/>
    protected override double InitialState(int state, ParameterGroup group) => InitialSum;

    /// <inheritdoc/>
    protected override void Scalars(ParameterGroup group, long step, Span<double> scalars)
    {
        scalars[0] = group.LearningRate / (1 + ((step - 1) * LearningRateDecay));
        scalars[1] = group.WeightDecay;
    }
}
