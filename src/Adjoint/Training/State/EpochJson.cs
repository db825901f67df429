using System.Globalization;
using System.Text.Json.Nodes;

namespace Adjoint.Training;

/// <summary>Epochs in the files of a training.</summary>
internal static class EpochJson
{
    public static JsonObject Of(EpochRecord e) => new()
    {
        ["epoch"] = e.Epoch,
        ["train"] = Of(e.Train),
        ["validation"] = e.Validation is null ? null : Of(e.Validation),
        ["learning_rate"] = e.LearningRate,
        ["seconds"] = e.Seconds,
        ["best"] = e.IsBest,
        ["loss_scale"] = e.LossScale,
        ["skipped_steps"] = e.SkippedSteps,
    };

    static JsonObject Of(Score s) => new() { ["loss"] = Number(s.Loss), ["accuracy"] = s.Accuracy, ["rows"] = s.Rows };

    public static EpochRecord Record(JsonNode e) =>
        new((int)e["epoch"]!, Score(e["train"]!), e["validation"] is { } validation ? Score(validation) : null, (double)e["learning_rate"]!, (double)e["seconds"]!, (bool)e["best"]!, (double?)e["loss_scale"], (long)e["skipped_steps"]!);

    static Score Score(JsonNode s) => new(Double(s["loss"]!), (double?)s["accuracy"], (long)s["rows"]!);

    /// <summary>JSON has no word for what is no number.</summary>
    public static JsonNode Number(double value) => double.IsFinite(value) ? value : value.ToString(CultureInfo.InvariantCulture);

    public static double Double(JsonNode value) => value.GetValueKind() == System.Text.Json.JsonValueKind.String ? double.Parse((string)value!, CultureInfo.InvariantCulture) : (double)value;
}
