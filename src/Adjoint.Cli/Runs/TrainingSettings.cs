using Adjoint.Cli.Recipes;

namespace Adjoint.Cli.Runs;

/// <summary>What is trained, and where its files are.</summary>
/// <param name="Recipe">Everything that changes the numbers.</param>
internal sealed record TrainingSettings(Recipe Recipe)
{
    /// <summary>A folder to look for data files in first.</summary>
    public string? Data { get; init; }

    /// <summary>The folder for the results.</summary>
    public string? Out { get; init; }

    /// <summary>The folder of the run that goes on.</summary>
    public string? Resume { get; init; }

    /// <summary>Whether TensorBoard's files are written.</summary>
    public bool TensorBoard { get; init; }

    /// <summary>A file for the results as JSON.</summary>
    public string? Json { get; init; }
}
