using System.Text.Json.Nodes;
using Adjoint.Cli.Runs;
using Adjoint.Training;

namespace Adjoint.Cli.Output;

/// <summary>A training for machines: a JSON object a line, flushed at once.</summary>
/// <param name="output">Where the lines go.</param>
/// <param name="every">Every how many steps a step has a line.</param>
internal sealed class JsonLines(TextWriter output, int every) : ITrainingDisplay
{
    long _step;

    public void Begin(JsonObject record, string text) => Write("start", (JsonObject)record.DeepClone());

    public TrainingResult Show(Func<TrainingResult> train) => train();

    public void End(JsonObject record, IEnumerable<string> text) => Write("end", (JsonObject)record.DeepClone());

    public void Report(TrainingProgress value)
    {
        if (value.Completed is { } epoch) Write("epoch", EpochJson.Of(epoch));
        else if (value.LastStep is { } step && step.Step != _step)
        {
            _step = step.Step;
            if (step.Step % every == 0) Write("step", new() { ["step"] = step.Step, ["epoch"] = step.Epoch, ["loss"] = EpochJson.Number(step.Loss), ["learning_rate"] = step.LearningRate, ["gradient_norm"] = step.GradientNorm is { } norm ? EpochJson.Number(norm) : null, ["taken"] = step.IsTaken, ["rows_per_second"] = Math.Round(value.RowsPerSecond, 1) });
        }
    }

    public void Report(Finding value) => Write("finding", RunRecord.Finding(value));

    /// <summary>A line with the time and what kind it is.</summary>
    void Write(string kind, JsonObject values)
    {
        values.Insert(0, "event", kind);
        values.Insert(1, "time", DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
        output.WriteLine(values.ToJsonString(RunRecord.OneLine));
        output.Flush();
    }
}
