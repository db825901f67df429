using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("rprop", "A step length for each weight, by the signs of its gradients; for whole data sets at once.")]
internal sealed record RpropOptimizer : OptimizerRecipe
{
    public override double LearningRate { get; init; } = 1e-2;

    [Description("What a length is multiplied by where the sign changes.")]
    [Above(0)]
    [Below(1)]
    public double Shrink { get; init; } = 0.5;

    [Description("What it is multiplied by where the sign stays.")]
    [Above(1)]
    public double Grow { get; init; } = 1.2;

    [Description("The shortest length.")]
    [Above(0)]
    public double Shortest { get; init; } = 1e-6;

    [Description("The longest length.")]
    [Above(0)]
    public double Longest { get; init; } = 50;

    public override Optimizer Build(Module model) => new Rprop(model.Parameters(), LearningRate) { Shrink = Shrink, Grow = Grow, Shortest = Shortest, Longest = Longest };
}
