using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Cli.Runs;
using Adjoint.Data;

namespace Adjoint.Cli.Recipes;

/// <summary>Images of one size, each of a class.</summary>
internal abstract record ImageData : DataRecipe
{
    [Description("The share of the training images that the best epoch is chosen by.")]
    [Above(0)]
    [Below(1)]
    public abstract double Validation { get; init; }

    [Description("Random changes to training images.")]
    public IReadOnlyList<AugmentationRecipe> Augmentation { get; init; } = [];

    public override TaskKind Task => TaskKind.Classes;

    /// <summary>Channels, height and width.</summary>
    public abstract Shape Image { get; }

    /// <summary>What a pixel of full brightness is in files.</summary>
    public abstract double Brightest { get; }

    public override IReadOnlyList<ITransform> Changes => [.. Augmentation.Select(a => a.Make())];

    public override Tensor ReadInputs(string path, DataFacts facts) => ImageFile.Read(path, this);
}
