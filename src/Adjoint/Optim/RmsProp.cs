using System.Diagnostics.CodeAnalysis;

namespace Adjoint.Optim;

/// <summary>Steps divided by the root of a running mean square: <c>v ← αv + (1−α)g²</c>, <c>w ← w − lr·g/(√v + ε)</c>.</summary>
/// <remarks>Centred, the square of the running mean is taken off v; with momentum, the quotients are summed as in <see cref="Sgd"/>. Source: Hinton's lectures 2012; Graves 2013 for the centred form.</remarks>
/// <param name="groups">Who is trained, and how.</param>
/// <param name="learningRate">The learning rate of groups that bring none.</param>
/// <param name="weightDecay">The weight decay of groups that bring none.</param>
/// <exception cref="GraphException">There is no parameter, one is given twice, or a tensor is not a parameter.</exception>
[PyTorch("torch.optim.RMSprop")]
public sealed class RmsProp(IEnumerable<ParameterGroup> groups, double learningRate = 1e-2, double weightDecay = 0) : FormulaOptimizer(groups, learningRate, weightDecay)
{
    /// <summary>One group over all parameters.</summary>
    /// <inheritdoc cref="RmsProp(IEnumerable{ParameterGroup}, double, double)"/>
    public RmsProp(IEnumerable<Tensor> parameters, double learningRate = 1e-2, double weightDecay = 0) : this([new ParameterGroup(parameters)], learningRate, weightDecay)
    {
    }

    /// <summary>How slowly the mean square moves.</summary>
    public double Alpha { get; init; } = 0.99;

    /// <summary>What keeps the division away from zero.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>How much of the last step goes into the next.</summary>
    public double Momentum { get; init; }

    /// <summary>Whether to divide by the deviation instead of the root mean square.</summary>
    public bool Centered { get; init; }

    /// <inheritdoc/>
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = Rule.IsRead)]
    protected override Rule MakeRule()
    {
        double alpha = Alpha, epsilon = Epsilon, momentum = Momentum;
        Formula d = Rule.Decayed, mean = Rule.Mean(alpha);
        Formula square = Formula.Of((v, g) => alpha * v + (1 - alpha) * g * g);
        Formula quotient = Formula.Of((g, v) => g / (Math.Sqrt(square.Apply(v, g)) + epsilon));
        Formula centered = Formula.Of((g, v, a) => g / (Math.Sqrt(square.Apply(v, g) - mean.Apply(a, g) * mean.Apply(a, g)) + epsilon));
        return (Centered, momentum != 0) switch
        {
            (false, false) => new(
                Formula.Of((w, g, v, lr, decay) => new[]
                {
                    w - lr * quotient.Apply(d.Apply(w, g, decay), v),
                    square.Apply(v, d.Apply(w, g, decay)),
                }),
                "square"),
            (false, true) => new(
                Formula.Of((w, g, v, b, lr, decay) => new[]
                {
                    w - lr * (momentum * b + quotient.Apply(d.Apply(w, g, decay), v)),
                    square.Apply(v, d.Apply(w, g, decay)),
                    momentum * b + quotient.Apply(d.Apply(w, g, decay), v),
                }),
                "square", "momentum"),
            (true, false) => new(
                Formula.Of((w, g, v, a, lr, decay) => new[]
                {
                    w - lr * centered.Apply(d.Apply(w, g, decay), v, a),
                    square.Apply(v, d.Apply(w, g, decay)),
                    mean.Apply(a, d.Apply(w, g, decay)),
                }),
                "square", "mean"),
            _ => new(
                Formula.Of((w, g, v, a, b, lr, decay) => new[]
                {
                    w - lr * (momentum * b + centered.Apply(d.Apply(w, g, decay), v, a)),
                    square.Apply(v, d.Apply(w, g, decay)),
                    mean.Apply(a, d.Apply(w, g, decay)),
                    momentum * b + centered.Apply(d.Apply(w, g, decay), v, a),
                }),
                "square", "mean", "momentum"),
        };
    }

    /// <inheritdoc/>
    protected override void Scalars(ParameterGroup group, long step, Span<double> scalars)
    {
        scalars[0] = group.LearningRate;
        scalars[1] = group.WeightDecay;
    }
}
