using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Models;
using Adjoint.Nn;

namespace Adjoint.Cli.Recipes;

[Kind("resnet", "A residual network for images: a published one (preset), or stages of blocks.")]
internal sealed record ResNetModel : ModelRecipe
{
    [Description("A published network, in place of blocks, bottleneck and smallImages.")]
    [OneOf("cifar18", "imagenet18", "imagenet50")]
    public string? Preset { get; init; }

    [Description("The number of blocks of each stage.")]
    [NotEmpty]
    [AtLeast(1)]
    [AtMost(1000)]
    public IReadOnlyList<int> Blocks { get; init; } = [2, 2, 2, 2];

    [Description("The width of the first stage; it doubles with every stage.")]
    [AtLeast(1)]
    [AtMost(1 << 16)]
    public long Width { get; init; } = 64;

    [Description("Whether blocks narrow to their width and widen to four times that.")]
    public bool Bottleneck { get; init; }

    [Description("Whether the stem keeps the size of images, as is right for about 32x32.")]
    public bool SmallImages { get; init; } = true;

    public override bool? TakesTokens => false;

    public override Layer Build(DataFacts data, Generator random)
    {
        if (data.Input.Rank != 3) throw new ShapeException($"resnet: a row must be an image [channels, height, width], but those of the data are {data.Input}.");
        (IReadOnlyList<int> blocks, bool isBottleneck, bool isSmall) = Preset switch
        {
            "cifar18" => ([2, 2, 2, 2], false, true),
            "imagenet18" => ([2, 2, 2, 2], false, false),
            "imagenet50" => ([3, 4, 6, 3], true, false),
            _ => (Blocks, Bottleneck, SmallImages),
        };
        if (blocks.Count > 16) throw new ArgumentException($"resnet: there must be at most 16 stages, since each doubles the width, but there are {blocks.Count}.");
        return new ResNet([.. blocks], data.Outputs, random, data.Input[0], Width, isBottleneck, isSmall);
    }
}
