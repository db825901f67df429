using System.Diagnostics;
using System.Text.Json.Nodes;
using Adjoint.Cli.Output;
using Adjoint.Training;

namespace Adjoint.Cli.Runs;

/// <summary>Keeps a run's history on disk as it grows, so that a training that is running, was killed or failed can be looked at as well.</summary>
/// <param name="folder">The run's folder.</param>
/// <param name="watch">What is seen.</param>
/// <param name="beginning">What <c>run.json</c> will say and is known from the start.</param>
/// <param name="next">Who else is told.</param>
internal sealed class RunJournal(RunFolder folder, TrainingWatch watch, JsonObject beginning, IProgress<TrainingProgress> next) : IProgress<TrainingProgress>
{
    // Epochs of a tenth of a second are not worth a page each.
    static readonly TimeSpan Between = TimeSpan.FromSeconds(10);

    readonly Stopwatch _since = Stopwatch.StartNew();

    public void Report(TrainingProgress value)
    {
        if (value.Completed is not null)
        {
            RunFolder.Write(folder.Metrics, MetricsCsv.Of(value.History));
            if (_since.Elapsed > Between) Draw("running");
        }

        next.Report(value);
    }

    /// <summary>Writes what was seen of a training that is not finished.</summary>
    public void Draw(string state)
    {
        EpochRecord? best = watch.History.Epochs.LastOrDefault(e => e.IsBest);
        var record = (JsonObject)beginning.DeepClone();
        (record["end"], record["best_epoch"]) = (state, best?.Epoch);
        Draw(record);
        _since.Restart();
    }

    /// <summary>Writes what was seen.</summary>
    public void Draw(JsonObject record)
    {
        RunFolder.Write(folder.Watch, WatchJson.Of(watch.History).ToJsonString() + "\n");
        ReportPage.Write(folder.Report, record, watch.History);
    }
}
