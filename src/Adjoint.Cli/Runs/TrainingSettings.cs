using System.Text.Json.Nodes;
using Adjoint.Cli.Recipes;
using Adjoint.Formats;

namespace Adjoint.Cli.Runs;

/// <summary>A recipe and what the command line changed about it.</summary>
internal sealed record TrainingSettings(Recipe Recipe, ulong Seed)
{
    public required int Epochs { get; init; }

    public required int BatchSize { get; init; }

    public required double LearningRate { get; init; }

    public int? Patience { get; init; }

    public bool NanGuard { get; init; }

    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>The precisions by their names.</summary>
    public static IReadOnlyList<Precision> Precisions { get; } = [Precision.Float32, Precision.Bfloat16Mixed, Precision.Float16Mixed];

    public string? Data { get; init; }

    public string? Out { get; init; }

    /// <summary>The folder of the run that goes on.</summary>
    public string? Resume { get; init; }

    /// <summary>Steps between checkpoints; null: only at epochs' ends.</summary>
    public int? CheckpointEvery { get; init; }

    public string? Json { get; init; }

    public JsonObject Options() => new()
    {
        ["epochs"] = Epochs,
        ["batch_size"] = BatchSize,
        ["learning_rate"] = LearningRate,
        ["patience"] = Patience,
        ["checkpoint_every"] = CheckpointEvery,
        ["nan_guard"] = NanGuard,
        ["precision"] = Precision.Name,
        ["seed"] = Seed,
        ["threads"] = Cpu.Threads,
    };

    /// <summary>What <see cref="Reread"/> needs, as the file in a run's folder.</summary>
    public string Text() => RunRecord.Text(new() { ["recipe"] = Recipe.Name, ["options"] = Options() });

    /// <summary>The settings of the run that goes on; only what does not change its numbers may differ.</summary>
    /// <exception cref="FormatException">The file is not what <see cref="Text"/> wrote.</exception>
    public TrainingSettings Reread(RunFolder folder)
    {
        try
        {
            JsonNode all = JsonNode.Parse(File.ReadAllText(folder.Settings))!, o = all["options"]!;
            return this with
            {
                Recipe = Recipe.Named((string)all["recipe"]!, "train"),
                Seed = (ulong)o["seed"]!,
                Epochs = (int)o["epochs"]!,
                BatchSize = (int)o["batch_size"]!,
                LearningRate = (double)o["learning_rate"]!,
                Patience = (int?)o["patience"],
                CheckpointEvery = (int?)o["checkpoint_every"],
                NanGuard = (bool)o["nan_guard"]!,
                Precision = Precisions.First(p => p.Name == (string?)o["precision"]),
            };
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or NullReferenceException or InvalidOperationException or System.FormatException)
        {
            throw new FormatException($"train: settings.json must be what adjoint train wrote, but {folder.Settings.Quoted()} is not: {e.Message}", e);
        }
    }
}
