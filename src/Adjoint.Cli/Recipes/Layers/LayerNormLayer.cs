using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("layer-norm", "Normalises the last axis of each row.")]
internal sealed record LayerNormLayer : LayerRecipe
{
    [Description("The size of the last axis.")]
    [AtLeast(1)]
    [AtMost(MostUnits)]
    public required long Size { get; init; }

    [Description("What keeps the division away from zero.")]
    [Above(0)]
    public double Epsilon { get; init; } = 1e-5;

    [Description("Whether to have a bias beside the weight.")]
    public bool Bias { get; init; } = true;

    public override Layer Build(Generator random) => new LayerNorm([Size], Epsilon, bias: Bias);
}
