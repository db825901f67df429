using System.Diagnostics.CodeAnalysis;

namespace Adjoint.Optim;

/// <summary><see cref="Adam"/> with the largest gradient in place of the root mean square: <c>u ← max(β₂u, |g| + ε)</c>, <c>w ← w − lr/(1−β₁ᵗ)·m/u</c>.</summary>
/// <remarks>State: two tensors a parameter. Source: Kingma and Ba 2015, algorithm 2.</remarks>
/// <param name="groups">Who is trained, and how.</param>
/// <param name="learningRate">The learning rate of groups that bring none.</param>
/// <param name="weightDecay">The weight decay of groups that bring none.</param>
/// <exception cref="GraphException">There is no parameter, one is given twice, or a tensor is not a parameter.</exception>
[PyTorch("torch.optim.Adamax", Differs = "`betas` are `Beta1` and `Beta2`.")]
public sealed class Adamax(IEnumerable<ParameterGroup> groups, double learningRate = 2e-3, double weightDecay = 0) : FormulaOptimizer(groups, learningRate, weightDecay)
{
    /// <summary>One group over all parameters.</summary>
    /// <inheritdoc cref="Adamax(IEnumerable{ParameterGroup}, double, double)"/>
    public Adamax(IEnumerable<Tensor> parameters, double learningRate = 2e-3, double weightDecay = 0) : this([new ParameterGroup(parameters)], learningRate, weightDecay)
    {
    }

    /// <summary>How slowly the mean of the gradient moves.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How slowly the largest gradient is forgotten.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>What keeps the division away from zero.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <inheritdoc/>
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = Rule.IsRead)]
    protected override Rule MakeRule()
    {
        double beta2 = Beta2, epsilon = Epsilon;
        Formula d = Rule.Decayed, mean = Rule.Mean(Beta1);
        Formula largest = Formula.Of((u, g) => Math.Max(beta2 * u, Math.Abs(g) + epsilon));
        return new(
            Formula.Of((w, g, m, u, length, decay) => new[]
            {
                w - length * mean.Apply(m, d.Apply(w, g, decay)) / largest.Apply(u, d.Apply(w, g, decay)),
                mean.Apply(m, d.Apply(w, g, decay)),
                largest.Apply(u, d.Apply(w, g, decay)),
            }),
            "mean", "largest");
    }

    /// <inheritdoc/>
    protected override void Scalars(ParameterGroup group, long step, Span<double> scalars)
    {
        scalars[0] = group.LearningRate / (1 - Math.Pow(Beta1, step));
        scalars[1] = group.WeightDecay;
    }
}
