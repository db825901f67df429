using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("avg-pool2d", "The mean of each window of an image.")]
internal sealed record AvgPool2dLayer : LayerRecipe
{
    [Description("The window.")]
    [AtLeast(1)]
    [AtMost(LargestWindow)]
    public Pair Kernel { get; init; } = 2;

    [Description("How far it moves; its own size when left out.")]
    [AtLeast(1)]
    [AtMost(LargestWindow)]
    public Pair? Stride { get; init; }

    [Description("Rows and columns on each side.")]
    [AtLeast(0)]
    [AtMost(LargestWindow)]
    public Pair Padding { get; init; } = 0;

    public override Layer Build(Generator random) => new AvgPool2d(Kernel, Stride, Padding);
}
