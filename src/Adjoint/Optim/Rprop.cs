using System.Diagnostics.CodeAnalysis;

namespace Adjoint.Optim;

/// <summary>Steps by the gradient's sign, longer while it stays the same and shorter after it changed: <c>w ← w − sign(g)·s</c>.</summary>
/// <remarks>
/// For batches that hold all data. <c>s</c> starts as the learning rate; where the sign has changed the weight rests for a
/// step. State: two tensors a parameter. Source: Riedmiller and Braun 1993; Igel and Hüsken 2000 (iRprop−).
/// </remarks>
/// <param name="groups">Who is trained, and how.</param>
/// <param name="learningRate">The learning rate of groups that bring none.</param>
/// <exception cref="GraphException">There is no parameter, one is given twice, or a tensor is not a parameter.</exception>
[PyTorch("torch.optim.Rprop", Differs = "`etas` are `Shrink` and `Grow`, `step_sizes` are `Shortest` and `Longest`.")]
public sealed class Rprop(IEnumerable<ParameterGroup> groups, double learningRate = 1e-2) : FormulaOptimizer(groups, learningRate, 0)
{
    /// <summary>One group over all parameters.</summary>
    /// <inheritdoc cref="Rprop(IEnumerable{ParameterGroup}, double)"/>
    public Rprop(IEnumerable<Tensor> parameters, double learningRate = 1e-2) : this([new ParameterGroup(parameters)], learningRate)
    {
    }

    /// <summary>What the step is multiplied by after the sign has changed.</summary>
    public double Shrink { get; init; } = 0.5;

    /// <summary>What the step is multiplied by while the sign stays the same.</summary>
    public double Grow { get; init; } = 1.2;

    /// <summary>The shortest step.</summary>
    public double Shortest { get; init; } = 1e-6;

    /// <summary>The longest step.</summary>
    public double Longest { get; init; } = 50;

    /// <inheritdoc/>
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = Rule.IsRead)]
    protected override Rule MakeRule()
    {
        double shrink = Shrink, grow = Grow, shortest = Shortest, longest = Longest;
        Formula length = Formula.Of((agree, s) => Math.Min(Math.Max(s * (agree > 0 ? grow : agree < 0 ? shrink : 1), shortest), longest));
        Formula gradient = Formula.Of((g, last) => g * last < 0 ? 0 : g);
        return new(
            Formula.Of((w, g, last, s) => new[]
            {
                w - (gradient.Apply(g, last) > 0 ? length.Apply(g * last, s) : gradient.Apply(g, last) < 0 ? -length.Apply(g * last, s) : 0),
                gradient.Apply(g, last),
                length.Apply(g * last, s),
            }),
            "last_gradient", "length");
    }

    /// <inheritdoc/>
    protected override double InitialState(int state, ParameterGroup group) => state == 1 ? group.LearningRate : 0;

    /// <inheritdoc/>
    protected override void Scalars(ParameterGroup group, long step, Span<double> scalars)
    {
    }
}
