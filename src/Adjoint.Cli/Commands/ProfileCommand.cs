using System.CommandLine;
using System.Text.Json.Nodes;
using Adjoint.Cli.Output;
using Adjoint.Cli.Recipes;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Cli.Runs;
using Adjoint.Data;
using Adjoint.Formats;
using Adjoint.Nn;
using Adjoint.Profiling;
using Adjoint.Training;

namespace Adjoint.Cli.Commands;

/// <summary><c>adjoint profile RECIPE</c>.</summary>
internal sealed class ProfileCommand : Command, IExampled
{
    readonly Argument<string> _recipe = new("recipe") { HelpName = "recipe", Description = $"A recipe's file, or {Words.Or(BuiltIn.Names)}; or a model with random data: {Words.Or([.. RandomTask.All.Select(t => t.Name)])}." };
    readonly Option<int?> _steps = Shared.Count("--steps", "Training steps to record; 10 by default.");
    readonly Option<int?> _warmup = Shared.Count("--warmup", "Training steps before; by default as many as take two seconds, so that everything is compiled.");
    readonly Option<int?> _batchSize = Shared.Count("--batch-size", "Rows a step.");
    readonly Option<string> _by = new("--by") { HelpName = "op|module", Description = "What a row of the table is.", DefaultValueFactory = _ => "op" };
    readonly Option<int?> _top = Shared.Count("--top", "Rows of the table; 20 by default.");
    readonly Option<string?> _trace = new("--trace") { HelpName = "FILE", Description = "Write every span to this file, for chrome://tracing or ui.perfetto.dev." };
    readonly Option<ulong?> _seed = Shared.Seed();
    readonly RecipeChanges _changes;
    readonly RecipeChoice _choice;
    readonly Option<int?> _threads = Shared.Threads();
    readonly Option<string?> _json = Shared.Json();
    readonly Option<bool> _quiet = Shared.Quiet();

    public ProfileCommand() : base("profile", "Shows what training steps spend their time on: by operation or module, forward and backward apart.")
    {
        Add(_recipe);
        _changes = RecipeChanges.OfProfile(_batchSize, _seed);
        _choice = new(Name, _changes);
        foreach (Option option in (Option[])[_steps, _warmup, .. _choice.Options, _by, _top, _trace, _threads, _json, _quiet]) Add(option);
        _by.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not ("op" or "module") and var text }]) result.AddError($"--by must be op or module, but it is {text.Quoted()}.");
        });
        SetAction(Run);
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "profile digits",
        "profile gpt --data text.txt --preset char --steps 3",
        "profile recipe.json --set training.precision=bfloat16-mixed",
        "profile gpt2-124m --steps 3 --by module --top 40",
        "profile mnist --threads 1 --trace trace.json --json profile.json",
    ];

    async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        string given = parsed.GetRequiredValue(_recipe);
        (string? trace, string? json) = (parsed.GetValue(_trace), parsed.GetValue(_json));
        Shared.CheckFile("--trace", trace, Name);
        Shared.CheckFile("--json", json, Name);
        Shared.UseThreads(parsed.GetValue(_threads));
        var screen = new Screen(parsed.InvocationConfiguration.Output, parsed.GetValue(_quiet));
        int steps = parsed.GetValue(_steps) ?? 10;
        (string name, DataLoader train, Module<Tensor, Tensor> model, Trainer trainer, int batch) = await Prepare(parsed, given, screen, cancellation).ConfigureAwait(false);
        screen.Line($"{name}: {model.ParameterCount:#,0} parameters, {batch} rows a step");
        var recorded = new RecordedSteps(parsed.GetValue(_warmup), steps, cancellation);
        ProfileReport report = recorded.Run(trainer, train);
        screen.Line($"{steps} step{(steps == 1 ? "" : "s")}, after {recorded.Warmup} to warm up:");
        Show(screen, report, steps, parsed.GetValue(_by) == "op", parsed.GetValue(_top) ?? 20);
        if (trace is not null)
        {
            report.WriteChromeTrace(trace);
            screen.Line();
            screen.Line($"trace    {trace}");
        }

        Shared.WriteJson(json, ProfileRecord.Of(report, name, steps, batch));
        return Tool.Success;
    }

    async Task<(string Name, DataLoader Train, Module<Tensor, Tensor> Model, Trainer Trainer, int Batch)> Prepare(ParseResult parsed, string given, Screen screen, CancellationToken cancellation)
    {
        if (RandomTask.All.FirstOrDefault(t => t.Name == given) is { } task)
        {
            if (_changes.SetOf(parsed) is [var set, ..]) throw new UsageException($"{Name}: --set changes recipes, but {given} is a model with random data, and {set.Quoted()} is given.");
            var random = task.Prepare(parsed.GetValue(_batchSize) ?? task.BatchSize, parsed.GetValue(_seed) ?? 1);
            return (given, random.Train, random.Model, random.Trainer, random.Batch);
        }

        Recipe recipe = _choice.Read(parsed, given, [.. RandomTask.All.Select(t => t.Name)]);
        Splits data = await recipe.Data.Load(new(_choice.Data(parsed), new DownloadLines(screen), cancellation), Streams.Split(new(recipe.Training.Seed))).ConfigureAwait(false);
        var parts = TrainingParts.Of(recipe, data);
        return (recipe.Name, parts.Train, parts.Model, parts.Trainer, recipe.Training.BatchSize);
    }

    static void Show(Screen screen, ProfileReport report, int steps, bool byOperation, int top)
    {
        screen.Line(ProfileText.Summary(report));
        screen.Line();
        screen.Line(steps == 1 ? "The step:" : $"A step, the mean of {steps}:");
        screen.Table(ProfileText.Words, ProfileText.Heads(byOperation ? "operation" : "module"), ProfileText.Cells(report, byOperation ? report.Operations : report.Modules, top, steps));
    }
}
