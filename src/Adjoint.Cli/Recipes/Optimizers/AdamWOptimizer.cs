using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("adamw", "Adam with the weight decay apart from the gradient.")]
internal sealed record AdamWOptimizer : MomentOptimizer
{
    public override double LearningRate { get; init; } = 1e-3;

    public override double WeightDecay { get; init; } = 0.01;

    [Description("Whether to divide by the largest mean square so far.")]
    public bool AmsGrad { get; init; }

    protected override Optimizer Make(IEnumerable<ParameterGroup> groups) => new AdamW(groups, LearningRate, WeightDecay) { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon, AmsGrad = AmsGrad };
}
