using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Adjoint.Cli.Output;
using Adjoint.Cli.Recipes;
using Adjoint.Cli.Runs;
using Adjoint.Formats;

namespace Adjoint.Cli.Commands;

/// <summary><c>adjoint train RECIPE</c>.</summary>
internal sealed class TrainCommand : Command, IExampled
{
    readonly Argument<string> _recipe = new("recipe") { HelpName = "recipe", Description = "digits, mnist or fashion-mnist." };
    readonly Option<int?> _epochs = Shared.Count("--epochs", "Passes over the training data; the recipe's own number by default.");
    readonly Option<int?> _batchSize = Shared.Count("--batch-size", "Rows a step.");
    readonly Option<double?> _learningRate = new("--lr") { HelpName = "RATE", Description = "The highest learning rate.", CustomParser = Rate };
    readonly Option<int?> _patience = Shared.Count("--patience", "Stop after this many epochs without a better validation score.");
    readonly Option<ulong> _seed = Shared.Seed();
    readonly Option<int?> _threads = Shared.Threads();
    readonly Option<string?> _data = Shared.Data();
    readonly Option<string?> _out = new("--out") { HelpName = "DIR", Description = "The folder for the results, new or empty; runs/<recipe>-<number> by default." };
    readonly Option<string?> _json = Shared.Json();
    readonly Option<bool> _nanGuard = new("--nan-guard") { Description = "Stop at the first operation that makes NaN or an infinity, and say where." };
    readonly Option<bool> _quiet = Shared.Quiet();

    public TrainCommand() : base("train", "Trains a model and leaves it, its history and a picture of it in a folder.")
    {
        Add(_recipe);
        foreach (Option option in (Option[])[_epochs, _batchSize, _learningRate, _patience, _seed, _threads, _data, _out, _json, _nanGuard, _quiet]) Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "train digits",
        "train fashion-mnist --epochs 5 --data ~/data --out runs/first",
        "train mnist --seed 7 --lr 0.002 --patience 3 --json result.json --quiet",
    ];

    static double? Rate(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (double.TryParse(text, CultureInfo.InvariantCulture, out double rate) && rate > 0 && double.IsFinite(rate)) return rate;
        result.AddError($"--lr must be a number above 0, but it is {text.Quoted()}.");
        return null;
    }

    Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        Recipe recipe = Recipe.Named(parsed.GetRequiredValue(_recipe), "train");
        Shared.CheckFile("--json", parsed.GetValue(_json), "train");
        Shared.UseThreads(parsed.GetValue(_threads));
        var settings = new TrainingSettings(recipe, parsed.GetValue(_seed))
        {
            Epochs = parsed.GetValue(_epochs) ?? recipe.Epochs,
            BatchSize = parsed.GetValue(_batchSize) ?? recipe.BatchSize,
            LearningRate = parsed.GetValue(_learningRate) ?? recipe.LearningRate,
            Patience = parsed.GetValue(_patience),
            NanGuard = parsed.GetValue(_nanGuard),
            Data = parsed.GetValue(_data),
            Out = parsed.GetValue(_out),
            Json = parsed.GetValue(_json),
        };
        return new TrainingRun(settings, new Screen(parsed.InvocationConfiguration.Output, parsed.GetValue(_quiet))).Execute(cancellation);
    }
}
