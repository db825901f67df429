using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("embedding", "A table from tokens to vectors.")]
internal sealed record EmbeddingLayer : LayerRecipe
{
    [Description("The number of different tokens.")]
    [AtLeast(1)]
    [AtMost(MostUnits)]
    public required long Count { get; init; }

    [Description("The length of a vector.")]
    [AtLeast(1)]
    [AtMost(MostUnits)]
    public required long Size { get; init; }

    [Description("The deviation of the initial values.")]
    [AtLeast(0)]
    public double Deviation { get; init; } = 1;

    public override Layer Build(Generator random) => new Embedding(Count, Size, random, Deviation);
}
