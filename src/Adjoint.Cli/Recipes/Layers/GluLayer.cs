using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("glu", "a·sigmoid(b) of the halves of an axis.")]
internal sealed record GluLayer : LayerRecipe
{
    [Description("The axis; −1 is the last.")]
    [AtLeast(-16)]
    [AtMost(16)]
    public int Dim { get; init; } = -1;

    public override Layer Build(Generator random) => new Glu(Dim);
}
