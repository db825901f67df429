using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("gelu", "x·Φ(x).")]
internal sealed record GeluLayer : LayerRecipe
{
    [Description("Whether by the tanh approximation.")]
    public bool Approximate { get; init; }

    public override Layer Build(Generator random) => new Gelu(Approximate);
}
