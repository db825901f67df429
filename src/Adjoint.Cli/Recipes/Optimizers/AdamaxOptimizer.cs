using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("adamax", "Adam with the largest gradient in place of the mean square.")]
internal sealed record AdamaxOptimizer : DecayingOptimizer
{
    public override double LearningRate { get; init; } = 2e-3;

    public override double WeightDecay { get; init; }

    [Description("How slowly the mean of the gradient moves.")]
    [AtLeast(0)]
    [Below(1)]
    public double Beta1 { get; init; } = 0.9;

    [Description("How slowly the mean of its square moves.")]
    [AtLeast(0)]
    [Below(1)]
    public double Beta2 { get; init; } = 0.999;

    [Description("What keeps the division away from zero.")]
    [Above(0)]
    public double Epsilon { get; init; } = 1e-8;

    protected override Optimizer Make(IEnumerable<ParameterGroup> groups) => new Adamax(groups, LearningRate, WeightDecay) { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon };
}
