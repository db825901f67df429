using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("checkpointed", "Layers whose intermediate values are computed again in the backward pass instead of being kept.")]
internal sealed record CheckpointedLayer : LayerRecipe
{
    [Description("The layers.")]
    [NotEmpty]
    public required IReadOnlyList<LayerRecipe> Layers { get; init; }

    public override Layer Build(Generator random) => new Checkpointed(Sequence(Layers, random));
}
