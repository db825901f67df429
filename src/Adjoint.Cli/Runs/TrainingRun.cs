using System.Text.Json.Nodes;
using Adjoint.Cli.Output;
using Adjoint.Cli.Recipes;
using Adjoint.Data;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Training;

namespace Adjoint.Cli.Runs;

/// <summary>One training from data to folder.</summary>
internal sealed class TrainingRun(TrainingSettings settings, Screen screen)
{
    readonly Recipe _recipe = settings.Recipe;

    /// <summary>Trains, evaluates, and writes the folder.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> Execute(CancellationToken cancellation)
    {
        Splits data = await _recipe.Load(new(settings.Data, new DownloadLines(screen), cancellation), Streams.Split(new(settings.Seed))).ConfigureAwait(false);
        RunFolder folder = settings.Resume is { } path ? RunFolder.Reopen(path) : RunFolder.Open(settings.Out, _recipe.Name);
        try
        {
            if (settings.Resume is null) RunFolder.Write(folder.Settings, settings.Text());
            return Train(data, folder, cancellation);
        }
        finally
        {
            folder.CloseIfEmpty();
        }
    }

    int Train(Splits data, RunFolder folder, CancellationToken cancellation)
    {
        DateTimeOffset started = DateTimeOffset.UtcNow;
        (DataLoader train, Normalize normalize, Module<Tensor, Tensor> model, Optimizer optimizer, Trainer trainer) = TrainingParts.Of(settings, data);
        DataLoader validation = Plain(data.Validation, normalize);
        var options = new TrainingOptions
        {
            Epochs = settings.Epochs,
            Patience = settings.Patience,
            NanGuard = settings.NanGuard,
            Precision = settings.Precision,
            BestModel = folder.Model,
            Metadata = SavedModel.Metadata(_recipe, settings.Seed, normalize, model),
            Checkpoints = new(folder.Checkpoints) { Keep = 2, InBackground = true },
            CheckpointEvery = settings.CheckpointEvery,
            Resume = settings.Resume is not null,
        };
        screen.Line($"{_recipe.Name}: {data.Train.Count:#,0} rows to train on, {data.Validation.Count:#,0} to validate, {data.Test.Count:#,0} to test; {model.ParameterCount:#,0} parameters; seed {settings.Seed}");
        TrainingResult result;
        try
        {
            result = new TrainingScreen(screen).Show(progress => trainer.Fit(train, validation, options, new Recorder(folder, progress), cancellation));
        }
        finally
        {
            Settle(options.Checkpoints);
        }

        if (result.Best is null)
        {
            bool isSaved = options.Checkpoints.Paths.Count > 0;
            screen.Line(isSaved ? $"interrupted before the first epoch was finished; go on with: adjoint train --resume {folder.Path}" : "interrupted before the first step was finished: nothing was kept.");
            return Tool.Interrupted;
        }

        // Without label smoothing and augmentation, so that the three scores compare.
        var judge = new Trainer(model, optimizer, Objective.Classification());
        Score onValidation = judge.Evaluate(validation, CancellationToken.None);
        Score? onTrain = Judge(judge, Plain(data.Train, normalize), cancellation);
        Score? onTest = Judge(judge, Plain(data.Test, normalize), cancellation);
        JsonObject record = Record(result, onTrain, onValidation, onTest, model, started);
        CurvesPicture.Write(folder.Curves, _recipe.Name, result.Epochs);
        RunFolder.Write(folder.Metrics, MetricsCsv.Of(result.Epochs));
        RunFolder.Write(folder.Record, RunRecord.Text(record));
        if (settings.Json is { } json) RunFolder.Write(json, RunRecord.Text(record));
        Report(result, onTrain, onValidation, onTest, folder);
        return cancellation.IsCancellationRequested ? Tool.Interrupted : Tool.Success;
    }

    // Nobody leaves, or clears, a folder that is written to. Why the training ended is what is to be told, and not that this failed too.
    static void Settle(Checkpoints checkpoints)
    {
        try
        {
            checkpoints.Wait();
        }
        catch (IOException)
        {
        }
    }

    // Who has interrupted does not wait for scores.
    static Score? Judge(Trainer judge, DataLoader data, CancellationToken cancellation)
    {
        try
        {
            return judge.Evaluate(data, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    DataLoader Plain(IDataset data, Normalize normalize) => new(data, Math.Max(settings.BatchSize, 256), prefetch: TrainingParts.Ahead, transforms: [.. _recipe.ToNumbers, normalize]);

    JsonObject Record(TrainingResult result, Score? train, Score validation, Score? test, Module model, DateTimeOffset started) => new()
    {
        ["recipe"] = _recipe.Name,
        ["seed"] = settings.Seed,
        ["epochs"] = result.Epochs.Count,
        ["best_epoch"] = result.Best!.Epoch,
        ["end"] = result.End switch { TrainingEnd.Finished => "finished", TrainingEnd.StoppedEarly => "stopped early", _ => "interrupted" },
        ["seconds"] = Math.Round(result.Seconds, 3),
        ["train"] = RunRecord.Score(train),
        ["validation"] = RunRecord.Score(validation),
        ["test"] = RunRecord.Score(test),
        ["options"] = settings.Options(),
        ["model"] = new JsonObject { ["parameters"] = model.ParameterCount, ["architecture"] = SavedModel.Architecture(model) },
        ["started"] = started.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
        ["environment"] = RunRecord.Environment(),
    };

    void Report(TrainingResult result, Score? train, Score validation, Score? test, RunFolder folder)
    {
        screen.Line();
        string end = result.End switch { TrainingEnd.StoppedEarly => "stopped early", TrainingEnd.Cancelled => "interrupted", _ => "finished" };
        screen.Line($"{end} after {Readable.Time(result.Seconds)}; the best of {result.Epochs.Count} epochs was {result.Best!.Epoch}");
        if (train is not null) screen.Line($"train       {Readable.Score(train)}");
        screen.Line($"validation  {Readable.Score(validation)}");
        if (test is not null) screen.Line($"test        {Readable.Score(test)}");
        screen.Line();
        screen.Line($"model    {folder.Model}");
        screen.Line($"curves   {folder.Curves}");
        screen.Line($"history  {folder.Metrics}");
        screen.Line($"record   {folder.Record}");
        screen.Line($"next     adjoint {(result.End == TrainingEnd.Cancelled ? "train --resume" : "eval")} {folder.Path}");
    }

    /// <summary>Keeps the history on disk as it grows, beside the best model.</summary>
    sealed class Recorder(RunFolder folder, IProgress<TrainingProgress> next) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Completed is not null) RunFolder.Write(folder.Metrics, MetricsCsv.Of(value.History));
            next.Report(value);
        }
    }
}
