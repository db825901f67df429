namespace Adjoint.Optim;

/// <summary>Steps of equal length in every element, the sign of a running mean: <c>w ← w − lr·sign(β₁m + (1−β₁)g) − lr·decay·w</c>.</summary>
/// <remarks>Then <c>m ← β₂m + (1−β₂)g</c>. Learning rates are three to ten times smaller than AdamW's, weight decay as much larger. State: one tensor a parameter. Source: Chen et al. 2023, algorithm 2.</remarks>
/// <param name="groups">Who is trained, and how.</param>
/// <param name="learningRate">The learning rate of groups that bring none.</param>
/// <param name="weightDecay">The weight decay of groups that bring none.</param>
/// <exception cref="GraphException">There is no parameter, one is given twice, or a tensor is not a parameter.</exception>
[NotInPyTorch("Steps by the sign of a running mean (Chen et al. 2023).")]
public sealed class Lion(IEnumerable<ParameterGroup> groups, double learningRate = 1e-4, double weightDecay = 0) : FormulaOptimizer(groups, learningRate, weightDecay)
{
    /// <summary>One group over all parameters.</summary>
    /// <inheritdoc cref="Lion(IEnumerable{ParameterGroup}, double, double)"/>
    public Lion(IEnumerable<Tensor> parameters, double learningRate = 1e-4, double weightDecay = 0) : this([new ParameterGroup(parameters)], learningRate, weightDecay)
    {
    }

    /// <summary>How much of the mean goes into the step, against the present gradient.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How slowly the mean of the gradient moves.</summary>
    public double Beta2 { get; init; } = 0.99;

    /// <inheritdoc/>
    protected override Rule MakeRule()
    {
        Formula step = Rule.Mean(Beta1), mean = Rule.Mean(Beta2);
        return new(
            Formula.Of((w, g, m, lr, kept) => new[]
            {
                kept * w - lr * Vocabulary.Sign(step.Apply(m, g)),
                mean.Apply(m, g),
            }),
            "mean");
    }

    /// <inheritdoc/>
    protected override void Scalars(ParameterGroup group, long step, Span<double> scalars)
    {
        ArgumentNullException.ThrowIfNull(group);
        scalars[0] = group.LearningRate;
        scalars[1] = 1 - (group.LearningRate * group.WeightDecay);
    }
}
