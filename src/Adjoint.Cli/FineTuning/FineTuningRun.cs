using System.Text.Json.Nodes;
using Adjoint.Cli.Output;
using Adjoint.Cli.Runs;
using Adjoint.Data;
using Adjoint.Language;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Training;

namespace Adjoint.Cli.FineTuning;

/// <summary>One fine-tuning from model and text to a folder with adapters.</summary>
/// <param name="settings">What is fine-tuned.</param>
/// <param name="display">Shows it.</param>
internal sealed class FineTuningRun(FineTuningSettings settings, ITrainingDisplay display)
{
    const string Command = "finetune";

    /// <summary>Trains, judges, and writes the folder.</summary>
    /// <returns>The exit code.</returns>
    public int Execute(CancellationToken cancellation)
    {
        string text = FineTuningText.Read(settings.Data, "--data", Command).Text;
        PretrainedModel model = LanguageModelFile.Load(settings.Model, settings.Tokenizer, Command);
        int context = Context(model);
        FineTuningText rows = FineTuningText.Of(FineTuningText.Lines(text, LanguageModelFile.TokenizerOf(model, Command), model.Bos), context, settings.HeldOut);
        var parts = FineTuningParts.Of(settings, model, rows);
        RunFolder folder = RunFolder.Open(settings.Out, Command, Command);
        try
        {
            return Train(new(settings, BaseFiles.Of(settings.Model), parts, rows, context), folder, cancellation);
        }
        finally
        {
            folder.CloseIfEmpty();
        }
    }

    int Context(PretrainedModel model)
    {
        int context = settings.Context ?? (int)Math.Min(128, model.Context);
        return context <= model.Context ? context : throw new UsageException($"finetune: a row must fit the model's context of {model.Context} tokens, but --context is {context}.");
    }

    int Train(FineTuningRecord told, RunFolder folder, CancellationToken cancellation)
    {
        FineTuningParts parts = told.Parts;
        JsonObject record = told.Beginning(parts.Judge(cancellation));
        display.Begin(record, string.Join('\n', told.Opening()));
        var watch = new TrainingWatch { Findings = display };
        var journal = new RunJournal(folder, watch, record, display);
        var options = new TrainingOptions { Epochs = parts.Epochs, MaxSteps = parts.Steps, MaxGradientNorm = settings.Clip, Precision = settings.Precision, Callbacks = [watch] };
        TrainingResult result;
        try
        {
            result = display.Show(() => parts.Trainer.Fit(parts.Train, parts.HeldOut, options, new Kept(journal, Save), cancellation));
        }
        catch (Exception e) when (e is NonFiniteLossException or NonFiniteException)
        {
            journal.Draw("failed");
            throw;
        }

        if (watch.History.Steps.Count == 0)
        {
            record["end"] = "interrupted";
            display.End(record, ["interrupted before the first step was finished: nothing was kept."]);
            return Tool.Interrupted;
        }

        Save();
        told.Base.MustBeTheSame(Command);
        told.Complete(record, result, watch);
        if (result.Best is not null) CurvesPicture.Write(folder.Curves, Command, result.Epochs);
        RunFolder.Write(folder.Metrics, MetricsCsv.Of(result.Epochs));
        RunFolder.Write(folder.Record, RunRecord.Text(record));
        journal.Draw(record);
        if (settings.Json is { } json) RunFolder.Write(json, RunRecord.Text(record));
        display.End(record, told.Closing(record, result, folder, watch));
        return result.End == TrainingEnd.Cancelled ? Tool.Interrupted : Tool.Success;

        void Save() => AdapterFile.Save(folder.Path, parts.Model.Model, parts.Model.AdapterNames, baseModel: settings.Model);
    }

    /// <summary>Writes the adapters whenever they are the best so far: a training that is killed has left them.</summary>
    sealed class Kept(IProgress<TrainingProgress> next, Action save) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Completed is { IsBest: true }) save();
            next.Report(value);
        }
    }
}
