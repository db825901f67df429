using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("nadam", "Adam with a momentum that looks ahead.")]
internal sealed record NAdamOptimizer : MomentOptimizer
{
    public override double LearningRate { get; init; } = 2e-3;

    public override double WeightDecay { get; init; }

    [Description("How the momentum grows.")]
    [AtLeast(0)]
    public double MomentumDecay { get; init; } = 4e-3;

    protected override Optimizer Make(IEnumerable<ParameterGroup> groups) => new NAdam(groups, LearningRate, WeightDecay) { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon, MomentumDecay = MomentumDecay };
}
