using Adjoint.Data;
using Adjoint.Language;

namespace Adjoint.Cli.Recipes;

/// <summary>Data in three parts: to learn from, to choose the best epoch by, and, where there is such a part, to judge the result by.</summary>
internal sealed record Splits(IDataset Train, IDataset Validation, IDataset? Test, DataFacts Facts)
{
    /// <summary>The tokenizer of byte pairs, which the run's folder keeps; null where there is none.</summary>
    public BytePairTokenizer? Tokenizer { get; init; }

    /// <summary>The part that was learned from, or some of it, each value once: what a result is judged by where training rows overlap.</summary>
    public IDataset Learned { get; init; } = Train;
}

/// <summary>Where data comes from.</summary>
/// <param name="Place">A folder to look in first, or the file itself.</param>
/// <param name="Progress">Told about downloads.</param>
/// <param name="Cancellation">Ends them.</param>
internal sealed record DataSource(string? Place, IProgress<DownloadProgress>? Progress, CancellationToken Cancellation)
{
    /// <summary>The file of the run's own tokenizer, in place of the recipe's.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>The file that a recipe learns from: the one that was named for it, or else the recipe's.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public string Find(string? file)
    {
        if (File.Exists(Place)) return Place;
        if (file is not null) return Near(file);
        throw new FileNotFoundException(Place is null ? "data: a file must be named to learn from, but neither the recipe nor --data names one. Hint: --data text.txt"
            : $"data: --data must name the file to learn from, since the recipe names none, but {Files.Words.Quoted(Place)} {(Directory.Exists(Place) ? "is a folder" : "does not exist")}.");
    }

    /// <summary>A file of the user's: in the folder to look in first, if it is there, or where the recipe says.</summary>
    /// <exception cref="FileNotFoundException">It is in neither.</exception>
    public string Near(string file)
    {
        string? near = Place is null || File.Exists(Place) ? null : Path.Combine(Place, Path.GetFileName(file));
        if (near is not null && Path.Exists(near)) return near;
        return Path.Exists(file) ? file : throw new FileNotFoundException($"data: the recipe's file must exist, but {Files.Words.Quoted(file)} does not.{(near is null ? " Hint: relative paths start at the recipe's folder, and --data names another." : $" Nor does {Files.Words.Quoted(near)}.")}");
    }
}
