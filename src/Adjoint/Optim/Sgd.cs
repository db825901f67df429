using System.Diagnostics.CodeAnalysis;

namespace Adjoint.Optim;

/// <summary>Gradient descent: <c>w ← w − lr·d</c> with <c>d = g + decay·w</c>, and with momentum <c>b ← momentum·b + (1 − dampening)·d</c> in place of d.</summary>
/// <remarks>The first b is d itself. Nesterov's form steps along <c>d + momentum·b</c>. State: one tensor a parameter with momentum, none without. There is no usual learning rate; PyTorch's default is 10⁻³. Source: Sutskever et al. 2013.</remarks>
/// <param name="groups">Who is trained, and how.</param>
/// <param name="learningRate">The learning rate of groups that bring none.</param>
/// <param name="weightDecay">The weight decay of groups that bring none.</param>
/// <exception cref="GraphException">There is no parameter, one is given twice, or a tensor is not a parameter.</exception>
public sealed class Sgd(IEnumerable<ParameterGroup> groups, double learningRate, double weightDecay = 0) : FormulaOptimizer(groups, learningRate, weightDecay)
{
    /// <summary>One group over all parameters.</summary>
    /// <inheritdoc cref="Sgd(IEnumerable{ParameterGroup}, double, double)"/>
    public Sgd(IEnumerable<Tensor> parameters, double learningRate, double weightDecay = 0) : this([new ParameterGroup(parameters)], learningRate, weightDecay)
    {
    }

    /// <summary>How much of the last step goes into the next.</summary>
    public double Momentum { get; init; }

    /// <summary>How much of the gradient is kept out of the momentum, from the second step on.</summary>
    public double Dampening { get; init; }

    /// <summary>Whether the step looks ahead along the momentum.</summary>
    public bool Nesterov { get; init; }

    /// <inheritdoc/>
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = Rule.IsRead)]
    protected override Rule MakeRule()
    {
        double momentum = Momentum;
        Formula d = Rule.Decayed;
        if (momentum == 0) return new(Formula.Of((w, g, lr, decay) => new[] { w - lr * d.Apply(w, g, decay) }));
        Formula b = Formula.Of((old, now, take) => momentum * old + take * now);
        Formula direction = Nesterov ? Formula.Of((now, mean) => now + momentum * mean) : Formula.Of((now, mean) => mean);
        return new(
            Formula.Of((w, g, m, lr, decay, take) => new[]
            {
                w - lr * direction.Apply(d.Apply(w, g, decay), b.Apply(m, d.Apply(w, g, decay), take)),
                b.Apply(m, d.Apply(w, g, decay), take),
            }),
            "momentum");
    }

    /// <inheritdoc/>
    protected override void Scalars(ParameterGroup group, long step, Span<double> scalars)
    {
        scalars[0] = group.LearningRate;
        scalars[1] = group.WeightDecay;
        if (Momentum != 0) scalars[2] = step == 1 ? 1 : 1 - Dampening;
    }
}
