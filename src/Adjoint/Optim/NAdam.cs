using System.Diagnostics.CodeAnalysis;

namespace Adjoint.Optim;

/// <summary><see cref="Adam"/> that looks ahead along its momentum, as Nesterov's method does.</summary>
/// <remarks>
/// With <c>μₜ = β₁(1 − ½·0.96^(t·ψ))</c> and <c>Πₜ = μ₁⋯μₜ</c>:
/// <c>w ← w − lr·((1−μₜ)/(1−Πₜ)·g + μₜ₊₁/(1−Πₜ₊₁)·m)/(√v̂ + ε)</c>. State: two tensors a parameter. Source: Dozat 2016.
/// </remarks>
/// <param name="groups">Who is trained, and how.</param>
/// <param name="learningRate">The learning rate of groups that bring none.</param>
/// <param name="weightDecay">The weight decay of groups that bring none.</param>
/// <exception cref="GraphException">There is no parameter, one is given twice, or a tensor is not a parameter.</exception>
[PyTorch("torch.optim.NAdam", Differs = "`betas` are `Beta1` and `Beta2`. No `decoupled_weight_decay`. `ExtraMomentum = true` goes on with a run of PyTorch 1.")]
public sealed class NAdam(IEnumerable<ParameterGroup> groups, double learningRate = 2e-3, double weightDecay = 0) : FormulaOptimizer(groups, learningRate, weightDecay)
{
    /// <summary>One group over all parameters.</summary>
    /// <inheritdoc cref="NAdam(IEnumerable{ParameterGroup}, double, double)"/>
    public NAdam(IEnumerable<Tensor> parameters, double learningRate = 2e-3, double weightDecay = 0) : this([new ParameterGroup(parameters)], learningRate, weightDecay)
    {
    }

    // Πₜ for every t met so far: a function of t alone, so that it is no state.
    readonly List<double> _products = [1];

    /// <summary>How slowly the mean of the gradient moves.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How slowly the mean of its square moves.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>What keeps the division away from zero.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>ψ: how fast the momentum grows to β₁.</summary>
    public double MomentumDecay { get; init; } = 4e-3;

    /// <summary>Whether Πₜ₊₁ has the factor μₜ twice, as PyTorch's first major version computed it: to go on with, or to compare with, a run made there. The paper has it once.</summary>
    public bool ExtraMomentum { get; init; }

    /// <inheritdoc/>
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = Rule.IsRead)]
    protected override Rule MakeRule()
    {
        double beta2 = Beta2, epsilon = Epsilon;
        Formula d = Rule.Decayed, mean = Rule.Mean(Beta1);
        Formula square = Formula.Of((v, g) => beta2 * v + (1 - beta2) * g * g);
        Formula under = Formula.Of((v, correction) => Math.Sqrt(v / correction) + epsilon);
        return new(
            Formula.Of((w, g, m, v, ofGradient, ofMean, correction, decay) => new[]
            {
                w - (ofGradient * d.Apply(w, g, decay) + ofMean * mean.Apply(m, d.Apply(w, g, decay))) / under.Apply(square.Apply(v, d.Apply(w, g, decay)), correction),
                mean.Apply(m, d.Apply(w, g, decay)),
                square.Apply(v, d.Apply(w, g, decay)),
            }),
            "mean", "square");
    }

    /// <inheritdoc/>
    protected override void Scalars(ParameterGroup group, long step, Span<double> scalars)
    {
        while (_products.Count <= step) _products.Add(_products[^1] * Momentum(_products.Count));
        double product = _products[(int)step], next = Momentum(step + 1);
        scalars[0] = group.LearningRate * (1 - Momentum(step)) / (1 - product);
        scalars[1] = group.LearningRate * next / (1 - (product * next * (ExtraMomentum ? Momentum(step) : 1)));
        scalars[2] = 1 - Math.Pow(Beta2, step);
        scalars[3] = group.WeightDecay;
    }

    double Momentum(long step) => Beta1 * (1 - (0.5 * Math.Pow(0.96, step * MomentumDecay)));
}
