using System.Text.Json.Nodes;
using Adjoint.Cli.Output;
using Adjoint.Cli.Recipes;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Data;
using Adjoint.Nn;
using Adjoint.Training;

namespace Adjoint.Cli.Runs;

/// <summary>One training from data to folder.</summary>
/// <param name="settings">What is trained.</param>
/// <param name="display">Shows it.</param>
/// <param name="downloads">Told about downloads.</param>
internal sealed class TrainingRun(TrainingSettings settings, ITrainingDisplay display, IProgress<DownloadProgress> downloads)
{
    /// <summary>From here on a copy of the state, to be written while the training goes on, costs more than the wait.</summary>
    const long ManyParameters = 50_000_000;

    readonly Recipe _recipe = settings.Recipe;

    /// <summary>Trains, evaluates, and writes the folder.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> Execute(CancellationToken cancellation)
    {
        var source = new DataSource(settings.Data, downloads, cancellation) { Tokenizer = settings.Resume is { } run ? RunFolder.TokenizerIn(run) : null };
        Splits data = await _recipe.Data.Load(source, Streams.Split(new(_recipe.Training.Seed))).ConfigureAwait(false);
        RunFolder folder = settings.Resume is { } path ? RunFolder.Reopen(path) : RunFolder.Open(settings.Out, _recipe.Name, "train");
        try
        {
            if (settings.Resume is null)
            {
                data.Tokenizer?.Save(folder.Tokenizer);
                RunFolder.Write(folder.Recipe, RecipeFile.Text(_recipe));
            }

            return Train(data, folder, cancellation);
        }
        finally
        {
            folder.CloseIfEmpty();
        }
    }

    int Train(Splits data, RunFolder folder, CancellationToken cancellation)
    {
        TrainingParts parts = TrainingParts.Of(_recipe, data);
        DataLoader validation = TrainingParts.Plain(_recipe, data.Validation, parts.Normalize);
        var watch = new TrainingWatch { Findings = display };
        TrainingOptions options = _recipe.Training.Options(parts.Train.Batches) with
        {
            BestModel = folder.Model,
            Metadata = SavedModel.Metadata(_recipe, data.Facts, parts.Normalize, parts.Model),
            Checkpoints = new(folder.Checkpoints) { Keep = 2, InBackground = parts.Model.ParameterCount < ManyParameters },
            Resume = settings.Resume is not null,
            Callbacks = settings.TensorBoard ? [watch, new TensorBoardLog(folder.TensorBoard)] : [watch],
        };
        JsonObject record = Beginning(parts.Model);
        display.Begin(record, FormattableString.Invariant($"{_recipe.Name}: {data.Train.Count:#,0} rows to train on, {data.Validation.Count:#,0} to validate, {data.Test?.Count ?? 0:#,0} to test; {parts.Model.ParameterCount:#,0} parameters; seed {_recipe.Training.Seed}"));
        var journal = new RunJournal(folder, watch, record, display);
        TrainingResult result;
        try
        {
            result = display.Show(() => parts.Trainer.Fit(parts.Train, validation, options, journal, cancellation));
        }
        catch (Exception e) when (e is NonFiniteLossException or NonFiniteException)
        {
            journal.Draw("failed");
            throw;
        }

        if (result.Best is null)
        {
            bool isSaved = options.Checkpoints.Paths.Count > 0;
            if (isSaved) journal.Draw("interrupted");
            record["end"] = "interrupted";
            display.End(record, [isSaved ? $"interrupted before the first epoch was finished; go on with: adjoint train --resume {folder.Path}" : "interrupted before the first step was finished: nothing was kept."]);
            return Tool.Interrupted;
        }

        var scores = RunScores.Of(_recipe, parts, data, validation, cancellation);
        Complete(record, result, scores, watch);
        CurvesPicture.Write(folder.Curves, _recipe.Name, result.Epochs);
        RunFolder.Write(folder.Metrics, MetricsCsv.Of(result.Epochs));
        RunFolder.Write(folder.Record, RunRecord.Text(record));
        journal.Draw(record);
        if (settings.Json is { } json) RunFolder.Write(json, RunRecord.Text(record));
        display.End(record, Summary(result, scores, folder, watch));
        return cancellation.IsCancellationRequested ? Tool.Interrupted : Tool.Success;
    }

    /// <summary>What is known before the first step.</summary>
    JsonObject Beginning(Module model) => new()
    {
        ["recipe"] = _recipe.Name,
        ["seed"] = _recipe.Training.Seed,
        ["settings"] = JsonNode.Parse(RecipeFile.Text(_recipe)),
        ["model"] = new JsonObject { ["parameters"] = model.ParameterCount, ["architecture"] = SavedModel.Architecture(model) },
        ["started"] = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
        ["environment"] = RunRecord.Environment(),
    };

    static void Complete(JsonObject record, TrainingResult result, RunScores scores, TrainingWatch watch)
    {
        record["epochs"] = result.Epochs.Count;
        record["best_epoch"] = result.Best!.Epoch;
        record["end"] = End(result);
        record["seconds"] = Math.Round(result.Seconds, 3);
        record["peak_memory_bytes"] = Machine.PeakMemory;
        record["train"] = RunRecord.Score(scores.Train);
        record["validation"] = RunRecord.Score(scores.Validation);
        record["test"] = RunRecord.Score(scores.Test);
        record["findings"] = new JsonArray([.. watch.Diagnose().Select(f => (JsonNode)RunRecord.Finding(f))]);
    }

    static string End(TrainingResult result) => result.End switch
    {
        TrainingEnd.Finished => "finished",
        TrainingEnd.StoppedEarly => "stopped early",
        TrainingEnd.OutOfBudget => "out of steps or minutes",
        _ => "interrupted",
    };

    IEnumerable<string> Summary(TrainingResult result, RunScores scores, RunFolder folder, TrainingWatch watch)
    {
        yield return "";
        yield return $"{End(result)} after {Readable.Time(result.Seconds)}; the best of {result.Epochs.Count} epochs was {result.Best!.Epoch}";
        if (scores.Train is { } train) yield return $"train       {_recipe.Objective.Words(train)}";
        yield return $"validation  {_recipe.Objective.Words(scores.Validation)}";
        if (scores.Test is { } test) yield return $"test        {_recipe.Objective.Words(test)}";
        yield return $"health      {(watch.Diagnose() is { Count: > 0 } findings ? string.Join(' ', findings.Select(f => f.What)) : "nothing unhealthy was seen")}";
        yield return FormattableString.Invariant($"memory      {Machine.PeakMemory / 1e6:#,0} MB at most");
        yield return "";
        yield return $"model    {folder.Model}";
        yield return $"report   {folder.Report}";
        yield return $"curves   {folder.Curves}";
        yield return $"history  {folder.Metrics}";
        yield return $"record   {folder.Record}";
        if (settings.TensorBoard) yield return $"events   {folder.TensorBoard}";
        yield return $"next     adjoint {(result.End == TrainingEnd.Cancelled ? "train --resume" : "eval")} {folder.Path}";
    }
}
