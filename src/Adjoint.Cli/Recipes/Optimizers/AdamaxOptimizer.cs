using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("adamax", "Adam with the largest gradient in place of the mean square.")]
internal sealed record AdamaxOptimizer : MomentOptimizer
{
    public override double LearningRate { get; init; } = 2e-3;

    public override double WeightDecay { get; init; }

    protected override Optimizer Make(IEnumerable<ParameterGroup> groups) => new Adamax(groups, LearningRate, WeightDecay) { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon };
}
