using Adjoint.Cli.Recipes.Files;
using Adjoint.Data;

namespace Adjoint.Cli.Recipes;

/// <summary>A data set of the <see cref="Catalog"/>, which brings its own test images.</summary>
internal abstract record NamedData : ImageData
{
    public override double Validation { get; init; } = 1.0 / 12;

    /// <summary>The data set.</summary>
    public abstract NamedDataset Set { get; }

    public override double Brightest => 255;

    public override IReadOnlyList<ITransform> ToNumbers => [new ToFloat(Brightest)];

    public override async Task<Splits> Load(DataSource source, Generator random)
    {
        TensorDataset train = await Set.LoadAsync(Part.Train, source.Place, source.Progress, source.Cancellation).ConfigureAwait(false);
        TensorDataset test = await Set.LoadAsync(Part.Test, source.Place, source.Progress, source.Cancellation).ConfigureAwait(false);
        IReadOnlyList<Subset> parts = train.SplitStratified([1 - Validation, Validation], random);
        return new(parts[0], parts[1], test, new(Image, Set.Classes));
    }
}

/// <summary>MNIST.</summary>
[Kind("mnist", "70,000 handwritten digits of 28x28 pixels.")]
internal sealed record MnistData : NamedData
{
    public override NamedDataset Set => Catalog.Mnist;

    public override Shape Image => [1, 28, 28];
}

/// <summary>Fashion-MNIST.</summary>
[Kind("fashion-mnist", "70,000 articles of clothing of 28x28 pixels.")]
internal sealed record FashionMnistData : NamedData
{
    public override NamedDataset Set => Catalog.FashionMnist;

    public override Shape Image => [1, 28, 28];
}

/// <summary>CIFAR-10.</summary>
[Kind("cifar-10", "60,000 colour photographs of 32x32 pixels, of ten classes.")]
internal sealed record Cifar10Data : NamedData
{
    public override double Validation { get; init; } = 0.1;

    public override NamedDataset Set => Catalog.Cifar10;

    public override Shape Image => [3, 32, 32];
}
