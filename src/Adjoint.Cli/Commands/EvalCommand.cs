using System.CommandLine;
using System.Text.Json.Nodes;
using Adjoint.Cli.Output;
using Adjoint.Cli.Recipes;
using Adjoint.Cli.Runs;
using Adjoint.Data;

namespace Adjoint.Cli.Commands;

/// <summary><c>adjoint eval RUN</c>.</summary>
internal sealed class EvalCommand : Command, IExampled
{
    const int RowsAtOnce = 256;

    readonly Argument<string> _run = new("run") { HelpName = "run", Description = "A run's folder, or a model.safetensors in it." };
    readonly Option<string?> _data = Shared.Data();
    readonly Option<int?> _threads = Shared.Threads();
    readonly Option<string?> _json = Shared.Json();
    readonly Option<bool> _quiet = Shared.Quiet();

    public EvalCommand() : base("eval", "Scores a trained model on its test data, class by class.")
    {
        Add(_run);
        foreach (Option option in (Option[])[_data, _threads, _json, _quiet]) Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<string> Examples { get; } = ["eval runs/digits-1", "eval runs/mnist-1/model.safetensors --data ~/data --json scores.json"];

    async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var screen = new Screen(parsed.InvocationConfiguration.Output, parsed.GetValue(_quiet));
        Shared.CheckFile("--json", parsed.GetValue(_json), "eval");
        Shared.UseThreads(parsed.GetValue(_threads));
        SavedModel saved = SavedModel.Load(parsed.GetRequiredValue(_run), "eval");
        Splits data = await saved.Recipe.Load(new(parsed.GetValue(_data), new DownloadLines(screen), cancellation), Streams.Split(new(saved.Seed))).ConfigureAwait(false);
        Predictions test = Predictions.Of(saved, new(data.Test, RowsAtOnce, prefetch: 1, transforms: [.. saved.Recipe.ToNumbers, saved.Normalize]), cancellation);
        Show(screen, saved.Recipe, test);
        Shared.WriteJson(parsed.GetValue(_json), Record(saved, test));
        return Tool.Success;
    }

    static void Show(Screen screen, Recipe recipe, Predictions test)
    {
        screen.Line($"{recipe.Name}: {test.Rows:#,0} test rows, loss {Readable.Loss(test.Loss)}, accuracy {Readable.Percent(test.Accuracy)}");
        screen.Line();
        screen.Line("Rows are what it is, columns what the model said:");
        int classes = recipe.Classes.Count;
        bool areShort = recipe.Classes.All(c => c.Length <= 3);
        string[] heads = [.. Enumerable.Range(0, classes).Select(c => areShort ? recipe.Classes[c] : $"{c}")];
        screen.Table(1, ["class", .. heads, "right"],
        [
            .. Enumerable.Range(0, classes).Select(actual => (string[])
            [
                areShort ? heads[actual] : $"{heads[actual]} {recipe.Classes[actual]}",
                .. Enumerable.Range(0, classes).Select(said => test[actual, said] is > 0 and long n ? $"{n}" : "."),
                Readable.Percent(test.Found(actual)),
            ]),
        ]);
    }

    static JsonObject Record(SavedModel saved, Predictions test)
    {
        int classes = saved.Recipe.Classes.Count;
        var rows = new JsonArray();
        for (int actual = 0; actual < classes; actual++)
            rows.Add((JsonNode)new JsonArray([.. Enumerable.Range(0, classes).Select(said => (JsonNode)test[actual, said])]));
        return new()
        {
            ["recipe"] = saved.Recipe.Name,
            ["seed"] = saved.Seed,
            ["model"] = saved.Path,
            ["test"] = new JsonObject { ["loss"] = test.Loss, ["accuracy"] = test.Accuracy, ["rows"] = test.Rows },
            ["classes"] = new JsonArray([.. saved.Recipe.Classes.Select(c => (JsonNode)c)]),
            ["confusion"] = rows,
        };
    }
}
