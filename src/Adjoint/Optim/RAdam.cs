using System.Diagnostics.CodeAnalysis;

namespace Adjoint.Optim;

/// <summary><see cref="Adam"/> whose division starts only when the mean square is worth trusting, and is scaled by how much it is.</summary>
/// <remarks>
/// With <c>ρ∞ = 2/(1−β₂) − 1</c> and <c>ρₜ = ρ∞ − 2tβ₂ᵗ/(1−β₂ᵗ)</c>: for ρₜ ≤ 5 <c>w ← w − lr·m̂</c>, after that
/// <c>w ← w − lr·m̂·r·√(1−β₂ᵗ)/(√v + ε)</c>, <c>r² = (ρₜ−4)(ρₜ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρₜ)</c>. State: two tensors a parameter.
/// Source: Liu et al. 2020, algorithm 2.
/// </remarks>
/// <param name="groups">Who is trained, and how.</param>
/// <param name="learningRate">The learning rate of groups that bring none.</param>
/// <param name="weightDecay">The weight decay of groups that bring none.</param>
/// <exception cref="GraphException">There is no parameter, one is given twice, or a tensor is not a parameter.</exception>
[PyTorch("torch.optim.RAdam", Differs = "`betas` are `Beta1` and `Beta2`. No `decoupled_weight_decay`.")]
public sealed class RAdam(IEnumerable<ParameterGroup> groups, double learningRate = 1e-3, double weightDecay = 0) : FormulaOptimizer(groups, learningRate, weightDecay)
{
    /// <summary>One group over all parameters.</summary>
    /// <inheritdoc cref="RAdam(IEnumerable{ParameterGroup}, double, double)"/>
    public RAdam(IEnumerable<Tensor> parameters, double learningRate = 1e-3, double weightDecay = 0) : this([new ParameterGroup(parameters)], learningRate, weightDecay)
    {
    }

    /// <summary>How slowly the mean of the gradient moves.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How slowly the mean of its square moves.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>What keeps the division away from zero.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <inheritdoc/>
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = Rule.IsRead)]
    protected override Rule MakeRule()
    {
        double beta2 = Beta2, epsilon = Epsilon;
        Formula d = Rule.Decayed, mean = Rule.Mean(Beta1);
        Formula square = Formula.Of((v, g) => beta2 * v + (1 - beta2) * g * g);
        Formula scale = Formula.Of((v, trust) => trust > 0 ? trust / (Math.Sqrt(v) + epsilon) : 1);
        return new(
            Formula.Of((w, g, m, v, length, trust, decay) => new[]
            {
                w - length * mean.Apply(m, d.Apply(w, g, decay)) * scale.Apply(square.Apply(v, d.Apply(w, g, decay)), trust),
                mean.Apply(m, d.Apply(w, g, decay)),
                square.Apply(v, d.Apply(w, g, decay)),
            }),
            "mean", "square");
    }

    /// <inheritdoc/>
    protected override void Scalars(ParameterGroup group, long step, Span<double> scalars)
    {
        double power = Math.Pow(Beta2, step), last = (2 / (1 - Beta2)) - 1, now = last - (2 * step * power / (1 - power));
        double trust = now > 5 ? Math.Sqrt((now - 4) * (now - 2) * last / ((last - 4) * (last - 2) * now)) : 0;
        scalars[0] = group.LearningRate / (1 - Math.Pow(Beta1, step));
        scalars[1] = trust * Math.Sqrt(1 - power);
        scalars[2] = group.WeightDecay;
    }
}
