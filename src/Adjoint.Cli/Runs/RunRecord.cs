using System.Text.Json;
using System.Text.Json.Nodes;
using Adjoint.Training;

namespace Adjoint.Cli.Runs;

/// <summary>What a training was and what it came to, as JSON.</summary>
internal static class RunRecord
{
    /// <summary>For lines of a log.</summary>
    public static readonly JsonSerializerOptions OneLine = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonObject Score(Score? score) => score is null ? [] : new() { ["loss"] = score.Loss, ["accuracy"] = score.Accuracy, ["rows"] = score.Rows };

    public static JsonObject Finding(Finding finding) => new() { ["kind"] = Names.Snake($"{finding.Kind}"), ["what"] = finding.What, ["evidence"] = finding.Evidence, ["advice"] = finding.Advice };

    public static JsonObject Environment() => new()
    {
        ["adjoint"] = Machine.Version,
        ["runtime"] = System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription,
        ["system"] = System.Runtime.InteropServices.RuntimeInformation.OSDescription,
        ["processor"] = Machine.Processor,
        ["vector_bits"] = Machine.VectorBits,
        ["threads"] = Cpu.Threads,
    };

    public static string Text(JsonObject record) => record.ToJsonString(Indented) + "\n";
}
