using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Optim;

namespace Adjoint.Cli.Recipes;

[Kind("adagrad", "Steps divided by the root of all squares so far.")]
internal sealed record AdagradOptimizer : DecayingOptimizer
{
    public override double LearningRate { get; init; } = 1e-2;

    public override double WeightDecay { get; init; }

    [Description("How the learning rate falls: lr/(1 + (t − 1)·decay).")]
    [AtLeast(0)]
    public double LearningRateDecay { get; init; }

    [Description("What the sum of squares starts from.")]
    [AtLeast(0)]
    public double InitialSum { get; init; }

    [Description("What keeps the division away from zero.")]
    [Above(0)]
    public double Epsilon { get; init; } = 1e-10;

    protected override Optimizer Make(IEnumerable<ParameterGroup> groups) => new Adagrad(groups, LearningRate, WeightDecay) { LearningRateDecay = LearningRateDecay, InitialSum = InitialSum, Epsilon = Epsilon };
}
