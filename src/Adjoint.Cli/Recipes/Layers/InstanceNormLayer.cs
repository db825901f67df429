using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("instance-norm", "Normalises each channel of each row.")]
internal sealed record InstanceNormLayer : LayerRecipe
{
    [Description("The number of channels.")]
    [AtLeast(1)]
    [AtMost(MostUnits)]
    public required long Channels { get; init; }

    [Description("What keeps the division away from zero.")]
    [Above(0)]
    public double Epsilon { get; init; } = 1e-5;

    [Description("Whether to have weight and bias.")]
    public bool Affine { get; init; }

    public override Layer Build(Generator random) => new InstanceNorm(Channels, Epsilon, Affine);
}
