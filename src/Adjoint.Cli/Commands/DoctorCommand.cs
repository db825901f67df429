using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Adjoint.Cli.Output;
using Adjoint.Cli.Runs;
using Adjoint.Formats;
using Adjoint.Training;

namespace Adjoint.Cli.Commands;

/// <summary><c>adjoint doctor RUN</c>.</summary>
internal sealed class DoctorCommand : Command, IExampled
{
    readonly Argument<string> _run = new("run") { HelpName = "run", Description = "A run's folder, of a training that is over, running, interrupted or failed." };
    readonly Option<string?> _json = Shared.Json();
    readonly Option<bool> _quiet = Shared.Quiet();

    public DoctorCommand() : base("doctor", "Says what was not healthy in a training, by which numbers, and what usually helps.")
    {
        Add(_run);
        Add(_json);
        Add(_quiet);
        SetAction(Run);
    }

    public IReadOnlyList<string> Examples { get; } = ["doctor runs/digits-1", "doctor runs/night --json findings.json"];

    int Run(ParseResult parsed)
    {
        var screen = new Screen(parsed.InvocationConfiguration.Output, parsed.GetValue(_quiet));
        Shared.CheckFile("--json", parsed.GetValue(_json), Name);
        WatchHistory history = Read(parsed.GetRequiredValue(_run));
        IReadOnlyList<Finding> findings = Diagnosis.Of(history);
        long steps = history.Steps is [.., var last] ? last.Step : 0;
        screen.Line($"{history.Epochs.Count} epochs, {steps:#,0} steps, {history.Parameters.Count} parameters and {history.Activations.Count} activations looked at in {history.Samples.Count} steps");
        foreach (Finding finding in findings)
        {
            screen.Line();
            screen.Finding(finding);
        }

        if (findings.Count == 0) screen.Line(history.Samples.Count == 0 ? "too early to say." : "nothing unhealthy was seen.");
        Shared.WriteJson(parsed.GetValue(_json), new()
        {
            ["steps"] = steps,
            ["epochs"] = history.Epochs.Count,
            ["findings"] = new JsonArray([.. findings.Select(f => (JsonNode)RunRecord.Finding(f))]),
        });
        return Tool.Success;
    }

    WatchHistory Read(string run)
    {
        string path = Path.Combine(run, RunFolder.WatchName);
        if (!File.Exists(path)) throw new FileNotFoundException($"{Name}: a run's folder with a {RunFolder.WatchName} must be named, but {run.Quoted()} has none. Hint: adjoint train digits makes one.");
        try
        {
            return WatchJson.Read(JsonNode.Parse(File.ReadAllBytes(path))!);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new FormatException($"{Name}: {RunFolder.WatchName} must be what adjoint train wrote, but {path.Quoted()} is not: {e.Message}", e);
        }
    }
}
