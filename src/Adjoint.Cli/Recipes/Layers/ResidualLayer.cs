using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("residual", "Layers, and a way around them whose result is added.")]
internal sealed record ResidualLayer : LayerRecipe
{
    [Description("The layers.")]
    [NotEmpty]
    public required IReadOnlyList<LayerRecipe> Body { get; init; }

    [Description("Layers on the way around, where shapes change.")]
    [NotEmpty]
    public IReadOnlyList<LayerRecipe>? Shortcut { get; init; }

    public override Layer Build(Generator random) => new Residual(Sequence(Body, random), Shortcut is null ? null : Sequence(Shortcut, random));
}
