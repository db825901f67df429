using System.Globalization;
using System.Text.Json.Nodes;
using Adjoint.Cli.Output;
using Adjoint.Cli.Runs;
using Adjoint.Training;

namespace Adjoint.Cli.FineTuning;

/// <summary>What is told of a fine-tuning: to people, and as JSON.</summary>
internal sealed record FineTuningRecord(FineTuningSettings Settings, BaseFiles Base, FineTuningParts Parts, FineTuningText Text, int Context)
{
    Score? _before;

    string Precision => Settings.Precision == Adjoint.Precision.Float32 ? "float32" : "bfloat16";

    /// <summary>What is known before the first step.</summary>
    public JsonObject Beginning(Score? before)
    {
        _before = before;
        return new()
        {
            ["recipe"] = $"finetune {Path.GetFileName(Path.TrimEndingDirectorySeparator(Settings.Model))}",
            ["seed"] = Settings.Seed,
            ["settings"] = Said(),
            ["model"] = new JsonObject { ["parameters"] = Parts.TrainedParameters, ["base_parameters"] = Parts.BaseParameters, ["layers"] = Parts.Layers, ["architecture"] = SavedModel.Architecture(Parts.Trainer.Model) },
            ["base"] = new JsonObject { ["path"] = Settings.Model, ["sha256"] = Base.Record() },
            ["text"] = new JsonObject { ["tokens"] = Text.Tokens, ["rows"] = Text.Train.Count, ["held_out_rows"] = Text.HeldOut?.Count ?? 0 },
            ["held_out"] = new JsonObject { ["before"] = before?.Loss },
            ["started"] = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["environment"] = RunRecord.Environment(),
        };
    }

    /// <summary>What people read first.</summary>
    public IEnumerable<string> Opening()
    {
        AdapterWords words = Settings.Adapters;
        string kind = $"{(words.IsRankStabilized ? ", rank-stabilized" : "")}{(words.HasMagnitudes ? ", with magnitudes" : "")}";
        yield return string.Create(CultureInfo.InvariantCulture, $"model     {Settings.Model}: {Parts.BaseParameters:#,0} parameters, frozen{(Settings.Quantized is { } format ? $", {format} in its blocks" : "")}");
        yield return string.Create(CultureInfo.InvariantCulture, $"adapters  rank {words.Rank}, alpha {words.Alpha}{kind}, at {Parts.Layers} linear layers: {Parts.TrainedParameters:#,0} parameters");
        yield return string.Create(CultureInfo.InvariantCulture, $"text      {Settings.Data}: {Text.Tokens:#,0} tokens; {Text.Train.Count:#,0} rows of {Context} to learn from, {Text.HeldOut?.Count ?? 0:#,0} held out");
        yield return string.Create(CultureInfo.InvariantCulture, $"training  {Parts.Steps:#,0} steps of {Settings.Batch} rows; learning rate {Parts.LearningRate:G3}, {Settings.Schedule} after a rise of {Settings.Rise(Parts.Steps):#,0} steps; seed {Settings.Seed}");
        foreach (string line in Base.Lines) yield return $"sha256    {line}";
        if (_before is { } score) yield return $"held out  loss {Readable.Loss(score.Loss)} before the first step";
    }

    /// <summary>What it came to.</summary>
    public void Complete(JsonObject record, TrainingResult result, TrainingWatch watch)
    {
        record["steps"] = watch.History.Steps.Count;
        record["epochs"] = result.Epochs.Count;
        record["best_epoch"] = result.Best?.Epoch;
        record["end"] = result.End == TrainingEnd.Cancelled ? "interrupted" : "finished";
        record["seconds"] = Math.Round(result.Seconds, 3);
        record["train"] = RunRecord.Score(result.Best?.Train);
        record["validation"] = RunRecord.Score(result.Best?.Validation);
        record["held_out"]!["after"] = result.Best?.Validation?.Loss;
        record["losses"] = new JsonArray([.. result.Epochs.Select(e => (JsonNode)new JsonObject { ["epoch"] = e.Epoch, ["train"] = e.Train.Loss, ["held_out"] = e.Validation?.Loss })]);
        // They were read again: see BaseFiles.MustBeTheSame.
        record["base"]!["sha256_after"] = Base.Record();
        record["findings"] = new JsonArray([.. watch.Diagnose().Select(f => (JsonNode)RunRecord.Finding(f))]);
    }

    /// <summary>What people read last.</summary>
    public IEnumerable<string> Closing(JsonObject record, TrainingResult result, RunFolder folder, TrainingWatch watch)
    {
        yield return "";
        yield return string.Create(CultureInfo.InvariantCulture, $"{record["end"]} after {watch.History.Steps.Count:#,0} steps, {Readable.Time(result.Seconds)}; kept is {(result.Best is { } best ? $"the best of {result.Epochs.Count} epochs, {best.Epoch}" : "what there was")}");
        if (_before is { } before && result.Best?.Validation is { } after)
            yield return string.Create(CultureInfo.InvariantCulture, $"held out  loss {Readable.Loss(before.Loss)} before, {Readable.Loss(after.Loss)} after: {after.Loss - before.Loss:+0.0000;-0.0000}");
        foreach (string line in Base.Lines) yield return $"sha256    {line}, as before";
        yield return $"health    {(watch.Diagnose() is { Count: > 0 } findings ? string.Join(' ', findings.Select(f => f.What)) : "nothing unhealthy was seen")}";
        yield return "";
        yield return $"adapter  {folder.Path}";
        yield return $"report   {folder.Report}";
        yield return $"history  {folder.Metrics}";
        yield return $"record   {folder.Record}";
        yield return $"next     adjoint generate --model {Settings.Model}{(Settings.Tokenizer is { } tokenizer ? $" --tokenizer {tokenizer}" : "")} --adapter {folder.Path}";
    }

    JsonObject Said() => new()
    {
        ["model"] = Settings.Model,
        ["data"] = Settings.Data,
        ["rank"] = Settings.Adapters.Rank,
        ["alpha"] = Settings.Adapters.Alpha,
        ["targets"] = string.Join('+', Settings.Adapters.Targets),
        ["dropout"] = Settings.Adapters.Dropout,
        ["rslora"] = Settings.Adapters.IsRankStabilized,
        ["dora"] = Settings.Adapters.HasMagnitudes,
        ["steps"] = Parts.Steps,
        ["batch"] = Settings.Batch,
        ["context"] = Context,
        ["learning_rate"] = Parts.LearningRate,
        ["schedule"] = Settings.Schedule,
        ["warmup"] = Settings.Rise(Parts.Steps),
        ["clip"] = Settings.Clip,
        ["held_out"] = Settings.HeldOut,
        ["precision"] = Precision,
        ["quantize"] = Settings.Quantized is { } format ? Names.Snake($"{format}") : null,
    };
}
