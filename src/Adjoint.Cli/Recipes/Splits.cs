using Adjoint.Data;

namespace Adjoint.Cli.Recipes;

/// <summary>Data in three parts: to learn from, to choose the best epoch by, and to judge the result by.</summary>
internal sealed record Splits(IDataset Train, IDataset Validation, IDataset Test);

/// <summary>Where data comes from.</summary>
/// <param name="Folder">A folder to look in first.</param>
/// <param name="Progress">Told about downloads.</param>
/// <param name="Cancellation">Ends them.</param>
internal sealed record DataSource(string? Folder, IProgress<DownloadProgress>? Progress, CancellationToken Cancellation)
{
    /// <summary>A named data set's training images, of which a share is kept for validation, and its test images.</summary>
    public async Task<Splits> Load(NamedDataset set, double validation, Generator random)
    {
        TensorDataset train = await set.LoadAsync(Part.Train, Folder, Progress, Cancellation).ConfigureAwait(false);
        TensorDataset test = await set.LoadAsync(Part.Test, Folder, Progress, Cancellation).ConfigureAwait(false);
        IReadOnlyList<Subset> parts = train.SplitStratified([1 - validation, validation], random);
        return new(parts[0], parts[1], test);
    }
}
