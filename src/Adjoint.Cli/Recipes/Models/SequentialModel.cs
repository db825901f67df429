using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("sequential", "Layers one after the other.")]
internal sealed record SequentialModel : ModelRecipe
{
    [Description("The layers, first to last.")]
    [NotEmpty]
    public required IReadOnlyList<LayerRecipe> Layers { get; init; }

    public override bool? TakesTokens => null;

    public override Layer Build(DataFacts data, Generator random) => LayerRecipe.Sequence(Layers, random);
}
