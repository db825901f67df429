using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;

namespace Adjoint.Cli.Recipes;

/// <summary>One number from each window of an image.</summary>
internal abstract record Pool2dLayer : LayerRecipe
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
}
