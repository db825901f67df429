using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("adam", "Steps scaled by running moments of the gradient; weight decay is part of the gradient.")]
internal sealed record AdamOptimizer : MomentOptimizer
{
    public override double LearningRate { get; init; } = 1e-3;

    public override double WeightDecay { get; init; }

    [Description("Whether to divide by the largest mean square so far.")]
    public bool AmsGrad { get; init; }

    protected override Optimizer Make(IEnumerable<ParameterGroup> groups) => new Adam(groups, LearningRate, WeightDecay) { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon, AmsGrad = AmsGrad };
}
