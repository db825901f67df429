using Adjoint.Cli.Recipes.Files;
using Adjoint.Data;

namespace Adjoint.Cli.Recipes;

/// <summary>Where rows come from, and how they are divided.</summary>
[Family("data")]
internal abstract record DataRecipe
{
    /// <summary>What the targets are.</summary>
    public abstract TaskKind Task { get; }

    /// <summary>Whether every channel, or column, is brought to mean 0 and deviation 1, as measured on the training part.</summary>
    public virtual bool IsNormalized => true;

    /// <summary>Changes to training rows alone.</summary>
    public virtual IReadOnlyList<ITransform> Changes => [];

    /// <summary>From rows as the data set has them to numbers.</summary>
    public virtual IReadOnlyList<ITransform> ToNumbers => [];

    /// <summary>Reads the data and divides it; the division depends on the generator alone.</summary>
    public abstract Task<Splits> Load(DataSource source, Generator random);

    /// <summary>The same with whole paths, where they start at a folder.</summary>
    public virtual DataRecipe At(string folder) => this;

    /// <summary>The same with another file to learn from; null where data is no file of the user's.</summary>
    public virtual DataRecipe? From(string file) => null;

    /// <summary>What does not go together, by the recipe's property.</summary>
    public virtual IEnumerable<(string Property, string Sentence)> Mismatches() => [];

    /// <summary>How many rows are judged at once.</summary>
    public virtual int RowsToJudge(int batchSize) => Math.Max(batchSize, 256);

    /// <summary>Reads rows that a user wants answers for; they are not normalised yet.</summary>
    /// <exception cref="UsageException">There is no answer to rows of such data.</exception>
    public abstract Tensor ReadInputs(string path, DataFacts facts);
}
