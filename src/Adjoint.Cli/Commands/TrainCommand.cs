using System.CommandLine;
using Adjoint.Cli.Output;
using Adjoint.Cli.Recipes;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Cli.Runs;
using Adjoint.Formats;

namespace Adjoint.Cli.Commands;

/// <summary><c>adjoint train RECIPE</c>, and <c>adjoint train --resume DIR</c>.</summary>
internal sealed class TrainCommand : Command, IExampled
{
    readonly Argument<string?> _recipe = new("recipe") { HelpName = "recipe", Description = $"A recipe's file, or {Words.Or(BuiltIn.Names)}; left out with --resume.", Arity = ArgumentArity.ZeroOrOne };
    readonly RecipeChoice _choice;
    readonly Option<int?> _threads = Shared.Threads();
    readonly Option<string?> _out = new("--out") { HelpName = "DIR", Description = "The folder for the results, new or empty; runs/<recipe>-<number> by default." };
    readonly Option<string?> _resume = new("--resume") { HelpName = "DIR", Description = "Go on with the run in this folder where it was interrupted or killed, with its own settings: the result is that of a run that never stopped, to the bit." };
    readonly Option<string?> _json = Shared.Json();
    readonly Option<string> _log = new("--log") { HelpName = "text|json", Description = "How the training is told: lines (and bars, in a terminal) for people, or a JSON object a line for machines.", DefaultValueFactory = _ => "text" };
    readonly Option<int?> _logEvery = Shared.Count("--log-every", "With --log json: a line every N steps; 50 by default.");
    readonly Option<bool> _tensorBoard = new("--tensorboard") { Description = "Write event files for TensorBoard into the run's folder: scalars, and histograms of weights and gradients." };
    readonly Option<bool> _quiet = Shared.Quiet();

    public TrainCommand() : base("train", "Trains a model and leaves it, its history and a picture of it in a folder.")
    {
        _choice = new(Name, RecipeChanges.OfTraining());
        Add(_recipe);
        foreach (Option option in (Option[])[.. _choice.Options, _threads, _out, _resume, _json, _log, _logEvery, _tensorBoard, _quiet]) Add(option);
        _log.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not ("text" or "json") and var text }]) result.AddError($"--log must be text or json, but it is {text.Quoted()}.");
        });
        SetAction(Run);
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "train digits",
        "train gpt --data text.txt",
        "train gpt --data text.txt --preset char --precision bfloat16-mixed",
        "train gpt --data text.txt --preset gpt2-124m --tokenizer gpt2/ --batch-size 1 --accumulate 480",
        "train recipe.json --set optimizer.kind=lion --set optimizer.learningRate=1e-4",
        "train fashion-mnist --epochs 5 --data ~/data --out runs/first",
        "train mnist --checkpoint-every 200 --out runs/night",
        "train --resume runs/night",
        "train runs/night/recipe.json --seed 2",
        "train mnist --log json --log-every 100",
        "train mnist --seed 7 --lr 0.002 --patience 3 --json result.json --quiet",
    ];

    Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        Shared.CheckFile("--json", parsed.GetValue(_json), Name);
        TrainingSettings settings = parsed.GetValue(_resume) is { } folder ? Resumed(parsed, folder) : New(parsed);
        Shared.UseThreads(parsed.GetValue(_threads));
        bool isQuiet = parsed.GetValue(_quiet), isForMachines = parsed.GetValue(_log) == "json" && !isQuiet;
        var screen = new Screen(parsed.InvocationConfiguration.Output, isQuiet || isForMachines);
        ITrainingDisplay display = isForMachines ? new JsonLines(parsed.InvocationConfiguration.Output, parsed.GetValue(_logEvery) ?? 50) : new TrainingScreen(screen);
        return new TrainingRun(settings, display, new DownloadLines(screen)).Execute(cancellation);
    }

    TrainingSettings New(ParseResult parsed)
    {
        string given = parsed.GetValue(_recipe) ?? throw new UsageException($"train: a recipe must be named (a file, {string.Join(", ", BuiltIn.Names)}), or a run to go on with (--resume DIR), but there is neither.");
        return new(_choice.Read(parsed, given)) { Data = _choice.Data(parsed), Out = parsed.GetValue(_out), TensorBoard = parsed.GetValue(_tensorBoard), Json = parsed.GetValue(_json) };
    }

    TrainingSettings Resumed(ParseResult parsed, string folder)
    {
        // Another number of epochs, say, would be another training: the schedule depends on it.
        string? given = parsed.GetValue(_recipe) ?? _choice.Given(parsed) ?? (parsed.GetValue(_out) is null ? null : _out.Name);
        if (given is not null) throw new UsageException($"train: a run goes on with its own settings, but {given.Quoted()} is given with --resume. Hint: leave it out.");
        return new(RecipeFile.Read(RunFolder.Reopen(folder).Recipe)) { Resume = folder, Data = _choice.Data(parsed), TensorBoard = parsed.GetValue(_tensorBoard), Json = parsed.GetValue(_json) };
    }
}
