using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("adadelta", "Steps in the units of the weights themselves.")]
internal sealed record AdadeltaOptimizer : DecayingOptimizer
{
    public override double LearningRate { get; init; } = 1;

    public override double WeightDecay { get; init; }

    [Description("How slowly the mean squares move.")]
    [AtLeast(0)]
    [Below(1)]
    public double Rho { get; init; } = 0.9;

    [Description("What starts the steps off.")]
    [Above(0)]
    public double Epsilon { get; init; } = 1e-6;

    protected override Optimizer Make(IEnumerable<ParameterGroup> groups) => new Adadelta(groups, LearningRate, WeightDecay) { Rho = Rho, Epsilon = Epsilon };
}
