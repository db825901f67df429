using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Data;

namespace Adjoint.Cli.Recipes;

[Kind("random-crop", "Surrounds images with zeros and cuts one of the original size out, at a random place.")]
internal sealed record RandomCropAugmentation : AugmentationRecipe
{
    [Description("How many zeros stand on each side.")]
    [AtLeast(1)]
    [AtMost(1 << 16)]
    public int Padding { get; init; } = 4;

    public override ITransform Make() => new RandomCrop(Padding);
}
