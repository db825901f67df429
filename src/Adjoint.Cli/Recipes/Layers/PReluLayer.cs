using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("prelu", "x where positive, else slope·x with learnt slopes.")]
internal sealed record PReluLayer : LayerRecipe
{
    [Description("1 for one slope, or the size of axis 1 for one each.")]
    [AtLeast(1)]
    [AtMost(MostUnits)]
    public long Channels { get; init; } = 1;

    [Description("The slopes at first.")]
    public double Slope { get; init; } = 0.25;

    public override Layer Build(Generator random) => new PRelu(Channels, Slope);
}
