using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("leaky-relu", "x where positive, else slope·x.")]
internal sealed record LeakyReluLayer : LayerRecipe
{
    [Description("The slope for negative x.")]
    public double Slope { get; init; } = 0.01;

    public override Layer Build(Generator random) => new LeakyRelu(Slope);
}
