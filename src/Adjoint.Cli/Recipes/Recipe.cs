using System.ComponentModel;
using System.Text.Json.Serialization;
using Adjoint.Cli.Recipes.Files;

namespace Adjoint.Cli.Recipes;

/// <summary>Everything that makes a training: data, model, objective, optimizer, schedule, and how long. A JSON file says it.</summary>
internal sealed record Recipe
{
    [JsonPropertyName("$schema")]
    [Description("Where an editor finds this schema; adjoint recipes schema prints it.")]
    public string? Schema { get; init; }

    [Description("What runs of this recipe are called.")]
    [Pattern("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    public required string Name { get; init; }

    [Description("One line about it.")]
    public string Summary { get; init; } = "";

    [Description("What is learned from.")]
    public required DataRecipe Data { get; init; }

    [Description("What learns.")]
    public required ModelRecipe Model { get; init; }

    [Description("What the model is trained for.")]
    public required ObjectiveRecipe Objective { get; init; }

    [Description("How weights are changed.")]
    public required OptimizerRecipe Optimizer { get; init; }

    [Description("The learning rate over the steps; constant when left out.")]
    public ScheduleRecipe Schedule { get; init; } = new ConstantSchedule();

    [Description("How long and how carefully.")]
    public TrainingRecipe Training { get; init; } = new();

    /// <summary>What does not go together, by the property that should change.</summary>
    public IEnumerable<(string Property, string Sentence)> Mismatches()
    {
        if (Objective.Task != Data.Task)
        {
            string[] fitting = [.. Kinds.Of(typeof(ObjectiveRecipe)).Where(k => ((ObjectiveRecipe)Activator.CreateInstance(k.Type)!).Task == Data.Task).Select(k => k.Kind.Name)];
            yield return ("objective", $"objective.kind must be {Words.Or(fitting)}, since data of kind {Kinds.NameOf(Data)} {Data.Task.Means()}, but it is {Kinds.NameOf(Objective)}.");
        }

        if (Model.TakesTokens is { } tokens && tokens != (Data.Task == TaskKind.Tokens))
            yield return ("model", $"model.kind must be one that takes {(tokens ? "numbers" : "tokens")}, since data of kind {Kinds.NameOf(Data)} has {(tokens ? "numbers" : "tokens")}, but {Kinds.NameOf(Model)} takes {(tokens ? "tokens" : "numbers")}.");
        foreach ((string property, string sentence) in Data.Mismatches()) yield return (property, sentence);
    }
}
