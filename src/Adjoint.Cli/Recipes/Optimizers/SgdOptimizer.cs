using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("sgd", "Steps along the gradient, with or without momentum.")]
internal sealed record SgdOptimizer : DecayingOptimizer
{
    public override double LearningRate { get; init; } = 1e-2;

    public override double WeightDecay { get; init; }

    [Description("How much of the last step goes on.")]
    [AtLeast(0)]
    [Below(1)]
    public double Momentum { get; init; }

    [Description("How much less the gradient counts with momentum.")]
    [AtLeast(0)]
    [AtMost(1)]
    public double Dampening { get; init; }

    [Description("Whether the step looks ahead along the momentum.")]
    public bool Nesterov { get; init; }

    protected override Optimizer Make(IEnumerable<ParameterGroup> groups) => new Sgd(groups, LearningRate, WeightDecay) { Momentum = Momentum, Dampening = Dampening, Nesterov = Nesterov };
}
