using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("lion", "Steps of one length, by the sign of a momentum.")]
internal sealed record LionOptimizer : DecayingOptimizer
{
    public override double LearningRate { get; init; } = 1e-4;

    public override double WeightDecay { get; init; }

    [Description("How slowly the mean of the gradient moves.")]
    [AtLeast(0)]
    [Below(1)]
    public double Beta1 { get; init; } = 0.9;

    [Description("How slowly the momentum moves.")]
    [AtLeast(0)]
    [Below(1)]
    public double Beta2 { get; init; } = 0.99;

    protected override Optimizer Make(IEnumerable<ParameterGroup> groups) => new Lion(groups, LearningRate, WeightDecay) { Beta1 = Beta1, Beta2 = Beta2 };
}
