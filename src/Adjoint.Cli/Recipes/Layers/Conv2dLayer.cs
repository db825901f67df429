using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("conv2d", "A convolution of images.")]
internal sealed record Conv2dLayer : LayerRecipe
{
    [Description("The number of channels.")]
    [AtLeast(1)]
    [AtMost(MostUnits)]
    public required long In { get; init; }

    [Description("The number of filters.")]
    [AtLeast(1)]
    [AtMost(MostUnits)]
    public required long Out { get; init; }

    [Description("The size of the filters.")]
    [AtLeast(1)]
    [AtMost(LargestWindow)]
    public Pair Kernel { get; init; } = 3;

    [Description("How far the filter moves.")]
    [AtLeast(1)]
    [AtMost(LargestWindow)]
    public Pair Stride { get; init; } = 1;

    [Description("Rows and columns of zeros on each side.")]
    [AtLeast(0)]
    [AtMost(LargestWindow)]
    public Pair Padding { get; init; } = 0;

    [Description("The distance between the taps of a filter.")]
    [AtLeast(1)]
    [AtMost(LargestWindow)]
    public Pair Dilation { get; init; } = 1;

    [Description("Groups of channels that do not see each other.")]
    [AtLeast(1)]
    [AtMost(MostUnits)]
    public int Groups { get; init; } = 1;

    [Description("Whether to add a number for each filter.")]
    public bool Bias { get; init; } = true;

    public override Layer Build(Generator random) => new Conv2d(In, Out, Kernel, random, Stride, Padding, Dilation, Groups, Bias);
}
