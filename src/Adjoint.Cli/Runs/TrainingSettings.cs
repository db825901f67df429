using System.Text.Json.Nodes;
using Adjoint.Cli.Recipes;

namespace Adjoint.Cli.Runs;

/// <summary>A recipe and what the command line changed about it.</summary>
internal sealed record TrainingSettings(Recipe Recipe, ulong Seed)
{
    public required int Epochs { get; init; }

    public required int BatchSize { get; init; }

    public required double LearningRate { get; init; }

    public int? Patience { get; init; }

    public bool NanGuard { get; init; }

    public string? Data { get; init; }

    public string? Out { get; init; }

    public string? Json { get; init; }

    public JsonObject Options() => new()
    {
        ["epochs"] = Epochs,
        ["batch_size"] = BatchSize,
        ["learning_rate"] = LearningRate,
        ["patience"] = Patience,
        ["seed"] = Seed,
        ["threads"] = Cpu.Threads,
    };
}
