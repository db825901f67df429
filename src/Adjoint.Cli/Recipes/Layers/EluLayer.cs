using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("elu", "x where positive, else alpha·(exp(x) − 1).")]
internal sealed record EluLayer : LayerRecipe
{
    [Description("What negative values are scaled by.")]
    public double Alpha { get; init; } = 1;

    public override Layer Build(Generator random) => new Elu(Alpha);
}
