using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("radam", "Adam that begins without its divisor, until that is known well enough.")]
internal sealed record RAdamOptimizer : MomentOptimizer
{
    public override double LearningRate { get; init; } = 1e-3;

    public override double WeightDecay { get; init; }

    protected override Optimizer Make(IEnumerable<ParameterGroup> groups) => new RAdam(groups, LearningRate, WeightDecay) { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon };
}
