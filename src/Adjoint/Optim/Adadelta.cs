using System.Diagnostics.CodeAnalysis;

namespace Adjoint.Optim;

/// <summary>Steps in the units of the weights themselves: <c>Δ = g·√(a + ε)/√(v + ε)</c>, <c>w ← w − lr·Δ</c>.</summary>
/// <remarks><c>v ← ρv + (1−ρ)g²</c> before, <c>a ← ρa + (1−ρ)Δ²</c> after. State: two tensors a parameter. Source: Zeiler 2012, algorithm 1.</remarks>
/// <param name="groups">Who is trained, and how.</param>
/// <param name="learningRate">The learning rate of groups that bring none.</param>
/// <param name="weightDecay">The weight decay of groups that bring none.</param>
/// <exception cref="GraphException">There is no parameter, one is given twice, or a tensor is not a parameter.</exception>
[PyTorch("torch.optim.Adadelta")]
public sealed class Adadelta(IEnumerable<ParameterGroup> groups, double learningRate = 1, double weightDecay = 0) : FormulaOptimizer(groups, learningRate, weightDecay)
{
    /// <summary>One group over all parameters.</summary>
    /// <inheritdoc cref="Adadelta(IEnumerable{ParameterGroup}, double, double)"/>
    public Adadelta(IEnumerable<Tensor> parameters, double learningRate = 1, double weightDecay = 0) : this([new ParameterGroup(parameters)], learningRate, weightDecay)
    {
    }

    /// <summary>How slowly the mean squares move.</summary>
    public double Rho { get; init; } = 0.9;

    /// <summary>What starts the steps off and keeps the division away from zero.</summary>
    public double Epsilon { get; init; } = 1e-6;

    /// <inheritdoc/>
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = Rule.IsRead)]
    protected override Rule MakeRule()
    {
        double rho = Rho, epsilon = Epsilon;
        Formula d = Rule.Decayed, square = Formula.Of((old, x) => rho * old + (1 - rho) * x * x);
        Formula delta = Formula.Of((g, v, a) => Math.Sqrt(a + epsilon) / Math.Sqrt(square.Apply(v, g) + epsilon) * g);
        return new(
            Formula.Of((w, g, v, a, lr, decay) => new[]
            {
                w - lr * delta.Apply(d.Apply(w, g, decay), v, a),
                square.Apply(v, d.Apply(w, g, decay)),
                square.Apply(a, delta.Apply(d.Apply(w, g, decay), v, a)),
            }),
            "square", "step_square");
    }

    /// <inheritdoc/>
    protected override void Scalars(ParameterGroup group, long step, Span<double> scalars)
    {
        scalars[0] = group.LearningRate;
        scalars[1] = group.WeightDecay;
    }
}
