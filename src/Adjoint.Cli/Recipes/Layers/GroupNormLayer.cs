using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("group-norm", "Normalises groups of channels of each row.")]
internal sealed record GroupNormLayer : LayerRecipe
{
    [Description("The number of groups, which divides the channels.")]
    [AtLeast(1)]
    [AtMost(MostUnits)]
    public required long Groups { get; init; }

    [Description("The number of channels.")]
    [AtLeast(1)]
    [AtMost(MostUnits)]
    public required long Channels { get; init; }

    [Description("What keeps the division away from zero.")]
    [Above(0)]
    public double Epsilon { get; init; } = 1e-5;

    public override Layer Build(Generator random) => new GroupNorm(Groups, Channels, Epsilon);
}
