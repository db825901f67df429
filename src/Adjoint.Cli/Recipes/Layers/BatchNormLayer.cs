using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("batch-norm", "Normalises each channel over the batch.")]
internal sealed record BatchNormLayer : LayerRecipe
{
    [Description("The number of channels.")]
    [AtLeast(1)]
    [AtMost(MostUnits)]
    public required long Channels { get; init; }

    [Description("How fast the running statistics move.")]
    [AtLeast(0)]
    [AtMost(1)]
    public double Momentum { get; init; } = 0.1;

    [Description("What keeps the division away from zero.")]
    [Above(0)]
    public double Epsilon { get; init; } = 1e-5;

    public override Layer Build(Generator random) => new BatchNorm(Channels, Momentum, Epsilon);
}
