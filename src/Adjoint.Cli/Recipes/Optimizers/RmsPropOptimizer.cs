using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("rmsprop", "Steps divided by a running root mean square of the gradient.")]
internal sealed record RmsPropOptimizer : DecayingOptimizer
{
    public override double LearningRate { get; init; } = 1e-2;

    public override double WeightDecay { get; init; }

    [Description("How slowly the mean square moves.")]
    [AtLeast(0)]
    [Below(1)]
    public double Alpha { get; init; } = 0.99;

    [Description("What keeps the division away from zero.")]
    [Above(0)]
    public double Epsilon { get; init; } = 1e-8;

    [Description("How much of the last step goes on.")]
    [AtLeast(0)]
    [Below(1)]
    public double Momentum { get; init; }

    [Description("Whether the mean is taken out of the square.")]
    public bool Centered { get; init; }

    protected override Optimizer Make(IEnumerable<ParameterGroup> groups) => new RmsProp(groups, LearningRate, WeightDecay) { Alpha = Alpha, Epsilon = Epsilon, Momentum = Momentum, Centered = Centered };
}
