using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("dropout", "Zeroes some elements while training.")]
internal sealed record DropoutLayer : LayerRecipe
{
    [Description("The probability of dropping.")]
    [AtLeast(0)]
    [Below(1)]
    public double Probability { get; init; } = 0.5;

    public override Layer Build(Generator random) => new Dropout(Probability, random);
}
