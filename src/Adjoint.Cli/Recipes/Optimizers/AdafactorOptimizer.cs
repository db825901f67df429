using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("adafactor", "Steps scaled by a mean square that is kept as row and column means.")]
internal sealed record AdafactorOptimizer : DecayingOptimizer
{
    public override double LearningRate { get; init; } = 1e-2;

    public override double WeightDecay { get; init; }

    [Description("The exponent with which the mean square moves ever more slowly.")]
    [Below(0)]
    public double Decay { get; init; } = -0.8;

    [Description("What keeps divisions away from zero; the precision of the type when left out.")]
    [Above(0)]
    public double? Epsilon { get; init; }

    [Description("The least root mean square a parameter is taken to have.")]
    [Above(0)]
    public double LeastScale { get; init; } = 1e-3;

    [Description("The largest root mean square of a step before its length is applied.")]
    [Above(0)]
    public double ClipThreshold { get; init; } = 1;

    protected override Optimizer Make(IEnumerable<ParameterGroup> groups) => new Adafactor(groups, LearningRate, WeightDecay) { Decay = Decay, Epsilon = Epsilon, LeastScale = LeastScale, ClipThreshold = ClipThreshold };
}
