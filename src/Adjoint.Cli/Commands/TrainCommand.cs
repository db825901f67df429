using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Adjoint.Cli.Output;
using Adjoint.Cli.Recipes;
using Adjoint.Cli.Runs;
using Adjoint.Formats;

namespace Adjoint.Cli.Commands;

/// <summary><c>adjoint train RECIPE</c>, and <c>adjoint train --resume DIR</c>.</summary>
internal sealed class TrainCommand : Command, IExampled
{
    readonly Argument<string?> _recipe = new("recipe") { HelpName = "recipe", Description = "digits, mnist or fashion-mnist; left out with --resume.", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<int?> _epochs = Shared.Count("--epochs", "Passes over the training data; the recipe's own number by default.");
    readonly Option<int?> _batchSize = Shared.Count("--batch-size", "Rows a step.");
    readonly Option<double?> _learningRate = new("--lr") { HelpName = "RATE", Description = "The highest learning rate.", CustomParser = Rate };
    readonly Option<int?> _patience = Shared.Count("--patience", "Stop after this many epochs without a better validation score.");
    readonly Option<ulong> _seed = Shared.Seed();
    readonly Option<int?> _threads = Shared.Threads();
    readonly Option<string?> _data = Shared.Data();
    readonly Option<string?> _out = new("--out") { HelpName = "DIR", Description = "The folder for the results, new or empty; runs/<recipe>-<number> by default." };
    readonly Option<string?> _resume = new("--resume") { HelpName = "DIR", Description = "Go on with the run in this folder where it was interrupted or killed, with its own settings: the result is that of a run that never stopped, to the bit." };
    readonly Option<int?> _checkpointEvery = Shared.Count("--checkpoint-every", "Save all that a resume needs after every N steps, and not only after every epoch.");
    readonly Option<string?> _json = Shared.Json();
    readonly Option<Precision?> _precision = new("--precision") { HelpName = "NAME", Description = $"{string.Join(", ", TrainingSettings.Precisions.Select(p => p.Name))}: in which types products are computed; parameters stay F32.", CustomParser = Chosen };
    readonly Option<bool> _nanGuard = new("--nan-guard") { Description = "Stop at the first operation that makes NaN or an infinity, and say where." };
    readonly Option<bool> _quiet = Shared.Quiet();

    public TrainCommand() : base("train", "Trains a model and leaves it, its history and a picture of it in a folder.")
    {
        Add(_recipe);
        foreach (Option option in (Option[])[_epochs, _batchSize, _learningRate, _patience, _seed, _threads, _data, _out, _resume, _checkpointEvery, _json, _nanGuard, _precision, _quiet]) Add(option);
        SetAction(Run);
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "train digits",
        "train fashion-mnist --epochs 5 --data ~/data --out runs/first",
        "train mnist --checkpoint-every 200 --out runs/night",
        "train --resume runs/night",
        "train mnist --seed 7 --lr 0.002 --patience 3 --json result.json --quiet",
    ];

    static double? Rate(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (double.TryParse(text, CultureInfo.InvariantCulture, out double rate) && rate > 0 && double.IsFinite(rate)) return rate;
        result.AddError($"--lr must be a number above 0, but it is {text.Quoted()}.");
        return null;
    }

    static Precision? Chosen(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (TrainingSettings.Precisions.FirstOrDefault(p => p.Name == text) is { } precision) return precision;
        result.AddError($"--precision must be {string.Join(" or ", TrainingSettings.Precisions.Select(p => p.Name))}, but it is {text.Quoted()}.");
        return null;
    }

    Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        Shared.CheckFile("--json", parsed.GetValue(_json), "train");
        TrainingSettings settings = parsed.GetValue(_resume) is { } folder ? Resumed(parsed, folder) : New(parsed);
        Shared.UseThreads(parsed.GetValue(_threads));
        return new TrainingRun(settings, new Screen(parsed.InvocationConfiguration.Output, parsed.GetValue(_quiet))).Execute(cancellation);
    }

    TrainingSettings New(ParseResult parsed)
    {
        Recipe recipe = Recipe.Named(parsed.GetValue(_recipe) ?? throw new UsageException($"train: a recipe must be named ({string.Join(", ", Recipe.All.Select(r => r.Name))}), or a run to go on with (--resume DIR), but there is neither."), "train");
        return new(recipe, parsed.GetValue(_seed))
        {
            Epochs = parsed.GetValue(_epochs) ?? recipe.Epochs,
            BatchSize = parsed.GetValue(_batchSize) ?? recipe.BatchSize,
            LearningRate = parsed.GetValue(_learningRate) ?? recipe.LearningRate,
            Patience = parsed.GetValue(_patience),
            CheckpointEvery = parsed.GetValue(_checkpointEvery),
            NanGuard = parsed.GetValue(_nanGuard),
            Precision = parsed.GetValue(_precision) ?? Precision.Float32,
            Data = parsed.GetValue(_data),
            Out = parsed.GetValue(_out),
            Json = parsed.GetValue(_json),
        };
    }

    TrainingSettings Resumed(ParseResult parsed, string folder)
    {
        // Another number of epochs, say, would be another training: the schedule depends on it.
        Option[] fixedOnes = [_epochs, _batchSize, _learningRate, _patience, _seed, _out, _checkpointEvery, _nanGuard, _precision];
        string? given = parsed.GetValue(_recipe) ?? fixedOnes.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false })?.Name;
        if (given is not null) throw new UsageException($"train: a run goes on with its own settings, but {given.Quoted()} is given with --resume. Hint: leave it out.");
        // All but these come from the folder.
        var settings = new TrainingSettings(Recipe.All[0], 1) { Epochs = 1, BatchSize = 1, LearningRate = 1, Resume = folder, Data = parsed.GetValue(_data), Json = parsed.GetValue(_json) };
        return settings.Reread(RunFolder.Reopen(folder));
    }
}
