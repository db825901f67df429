using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Data;

namespace Adjoint.Cli.Recipes;

[Kind("random-horizontal-flip", "Mirrors images left to right.")]
internal sealed record RandomHorizontalFlipAugmentation : AugmentationRecipe
{
    [Description("How likely an image is mirrored.")]
    [AtLeast(0)]
    [AtMost(1)]
    public double Probability { get; init; } = 0.5;

    public override ITransform Make() => new RandomHorizontalFlip(Probability);
}
