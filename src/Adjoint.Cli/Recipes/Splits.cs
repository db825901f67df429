using Adjoint.Data;

namespace Adjoint.Cli.Recipes;

/// <summary>Data in three parts: to learn from, to choose the best epoch by, and, where there is such a part, to judge the result by.</summary>
internal sealed record Splits(IDataset Train, IDataset Validation, IDataset? Test, DataFacts Facts)
{
    /// <summary>The part that was learned from, each value once: what a result is judged by where training rows overlap.</summary>
    public IDataset Learned { get; init; } = Train;
}

/// <summary>Where data comes from.</summary>
/// <param name="Folder">A folder to look in first.</param>
/// <param name="Progress">Told about downloads.</param>
/// <param name="Cancellation">Ends them.</param>
internal sealed record DataSource(string? Folder, IProgress<DownloadProgress>? Progress, CancellationToken Cancellation)
{
    /// <summary>A file of the user's: in the folder to look in first, if it is there, or where the recipe says.</summary>
    /// <exception cref="FileNotFoundException">It is in neither.</exception>
    public string Find(string file)
    {
        string? near = Folder is null ? null : Path.Combine(Folder, Path.GetFileName(file));
        if (near is not null && File.Exists(near)) return near;
        return File.Exists(file) ? file : throw new FileNotFoundException($"data: the recipe's file must exist, but {Files.Words.Quoted(file)} does not.{(near is null ? " Hint: relative paths start at the recipe's folder, and --data names another." : $" Nor does {Files.Words.Quoted(near)}.")}");
    }
}
