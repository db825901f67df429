using System.Diagnostics.CodeAnalysis;

namespace Adjoint.Optim;

/// <summary>Steps scaled by running moments of the gradient: <c>w ← w − lr·m̂/(√v̂ + ε)</c>.</summary>
/// <remarks>
/// <c>m ← β₁m + (1−β₁)g</c>, <c>v ← β₂v + (1−β₂)g²</c>, <c>m̂ = m/(1−β₁ᵗ)</c>, <c>v̂ = v/(1−β₂ᵗ)</c>. Weight decay is part of
/// the gradient here; <see cref="AdamW"/> keeps it apart. State: two tensors a parameter, three with <see cref="AmsGrad"/>.
/// Source: Kingma and Ba 2015, algorithm 1; Reddi et al. 2018 for AMSGrad.
/// </remarks>
/// <param name="groups">Who is trained, and how.</param>
/// <param name="learningRate">The learning rate of groups that bring none.</param>
/// <param name="weightDecay">The weight decay of groups that bring none.</param>
/// <exception cref="GraphException">There is no parameter, one is given twice, or a tensor is not a parameter.</exception>
[PyTorch("torch.optim.Adam", Differs = "`betas` are `Beta1` and `Beta2`. Weight decay is added to the gradient, as in PyTorch.")]
public class Adam(IEnumerable<ParameterGroup> groups, double learningRate = 1e-3, double weightDecay = 0) : FormulaOptimizer(groups, learningRate, weightDecay)
{
    /// <summary>One group over all parameters.</summary>
    /// <inheritdoc cref="Adam(IEnumerable{ParameterGroup}, double, double)"/>
    public Adam(IEnumerable<Tensor> parameters, double learningRate = 1e-3, double weightDecay = 0) : this([new ParameterGroup(parameters)], learningRate, weightDecay)
    {
    }

    /// <summary>How slowly the mean of the gradient moves.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How slowly the mean of its square moves.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>What keeps the division away from zero.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Whether to divide by the largest v so far instead of the present one.</summary>
    public bool AmsGrad { get; init; }

    private protected virtual bool IsDecoupled => false;

    /// <inheritdoc/>
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = Rule.IsRead)]
    protected override Rule MakeRule()
    {
        double beta1 = Beta1, beta2 = Beta2, epsilon = Epsilon;
        // Decay reaches the weight or the gradient: its scalar is 1 − lr·decay or decay itself.
        Formula kept = IsDecoupled ? Formula.Of((w, decay) => w * decay) : Formula.Of((w, decay) => w);
        Formula d = IsDecoupled ? Formula.Of((w, g, decay) => g) : Rule.Decayed;
        Formula first = Formula.Of((m, g) => beta1 * m + (1 - beta1) * g);
        Formula second = Formula.Of((v, g) => beta2 * v + (1 - beta2) * g * g);
        Formula step = Formula.Of((m, v, length, root) => length * m / (Math.Sqrt(v) / root + epsilon));
        if (!AmsGrad)
        {
            return new(
                Formula.Of((w, g, m, v, length, root, decay) => new[]
                {
                    kept.Apply(w, decay) - step.Apply(first.Apply(m, d.Apply(w, g, decay)), second.Apply(v, d.Apply(w, g, decay)), length, root),
                    first.Apply(m, d.Apply(w, g, decay)),
                    second.Apply(v, d.Apply(w, g, decay)),
                }),
                "mean", "square");
        }

        Formula largest = Formula.Of((most, v, g) => Math.Max(most, second.Apply(v, g)));
        return new(
            Formula.Of((w, g, m, v, most, length, root, decay) => new[]
            {
                kept.Apply(w, decay) - step.Apply(first.Apply(m, d.Apply(w, g, decay)), largest.Apply(most, v, d.Apply(w, g, decay)), length, root),
                first.Apply(m, d.Apply(w, g, decay)),
                second.Apply(v, d.Apply(w, g, decay)),
                largest.Apply(most, v, d.Apply(w, g, decay)),
            }),
            "mean", "square", "largest_square");
    }

    /// <inheritdoc/>
    protected override void Scalars(ParameterGroup group, long step, Span<double> scalars)
    {
        ArgumentNullException.ThrowIfNull(group);
        scalars[0] = group.LearningRate / (1 - Math.Pow(Beta1, step));
        scalars[1] = Math.Sqrt(1 - Math.Pow(Beta2, step));
        scalars[2] = IsDecoupled ? 1 - (group.LearningRate * group.WeightDecay) : group.WeightDecay;
    }
}
