using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("flatten", "Makes one axis of several.")]
internal sealed record FlattenLayer : LayerRecipe
{
    [Description("The first of them; 0 is the rows.")]
    [AtLeast(-16)]
    [AtMost(16)]
    public int Start { get; init; } = 1;

    [Description("The last of them; −1 is the last of all.")]
    [AtLeast(-16)]
    [AtMost(16)]
    public int End { get; init; } = -1;

    public override Layer Build(Generator random) => new Flatten(Start, End);
}
