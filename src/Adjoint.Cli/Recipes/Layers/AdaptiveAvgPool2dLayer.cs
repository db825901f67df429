using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("adaptive-avg-pool2d", "The means of as many windows as the result has elements.")]
internal sealed record AdaptiveAvgPool2dLayer : LayerRecipe
{
    [Description("The size of the result; 1 is the mean of the whole image.")]
    [AtLeast(1)]
    [AtMost(LargestWindow)]
    public Pair Size { get; init; } = 1;

    public override Layer Build(Generator random) => new AdaptiveAvgPool2d(Size);
}
