using System.CommandLine;
using System.Text.Json.Nodes;
using Adjoint.Cli.Output;
using Adjoint.Cli.Runs;
using Adjoint.Ops;

namespace Adjoint.Cli.Commands;

/// <summary><c>adjoint check</c>: every operation against its reference and its gradient, on this very processor.</summary>
internal sealed class CheckCommand : Command, IExampled
{
    readonly Option<string?> _only = new("--only") { HelpName = "TEXT", Description = "Check only operations whose name contains this." };
    readonly Option<int?> _threads = Shared.Threads();
    readonly Option<string?> _json = Shared.Json();
    readonly Option<bool> _quiet = Shared.Quiet();

    public CheckCommand() : base("check", "Checks every operation on this processor: values against plain arithmetic, gradients against finite differences.")
    {
        foreach (Option option in (Option[])[_only, _threads, _json, _quiet]) Add(option);
        SetAction((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));
    }

    public IReadOnlyList<string> Examples { get; } = ["check", "check --only conv", "check --threads 1 --json check.json"];

    int Run(ParseResult parsed, CancellationToken cancellation)
    {
        string? only = parsed.GetValue(_only);
        Shared.CheckFile("--json", parsed.GetValue(_json), "check");
        Shared.UseThreads(parsed.GetValue(_threads));
        var screen = new Screen(parsed.InvocationConfiguration.Output, parsed.GetValue(_quiet));
        screen.Line($"{Machine.Processor}; {Machine.VectorBits}-bit vectors; {Cpu.Threads} threads; {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}");
        IGrouping<string, Sample>[] groups = [.. Registry.Samples().Where(s => only is null || s.Op.Name.Contains(only, StringComparison.OrdinalIgnoreCase)).GroupBy(s => s.Op.Name).OrderBy(g => g.Key, StringComparer.Ordinal)];
        if (groups.Length == 0) throw new UsageException($"check: --only must be part of an operation's name, but no name contains '{only}'.");
        var results = new List<OperationResult>();
        foreach (IGrouping<string, Sample> group in groups)
        {
            cancellation.ThrowIfCancellationRequested();
            results.Add(OperationResult.Of(group.Key, group));
        }

        Show(screen, results);
        Shared.WriteJson(parsed.GetValue(_json), new() { ["environment"] = RunRecord.Environment(), ["operations"] = new JsonArray([.. results.Select(r => (JsonNode)r.Record())]) });
        foreach (string failure in results.SelectMany(r => r.Failures)) parsed.InvocationConfiguration.Error.WriteLine(failure);
        return results.TrueForAll(r => r.Passed) ? Tool.Success : Tool.Failure;
    }

    static void Show(Screen screen, List<OperationResult> results)
    {
        screen.Table(1, ["operation", "samples", "F64", "F32", "gradient", "second", "result"],
        [
            .. results.Select(r => (string[])[r.Name, $"{r.Samples}", Readable.Error(r.Value), Readable.Error(r.Single), Readable.Error(r.Gradient), Readable.Error(r.Second), r.Passed ? "ok" : "FAILED"]),
        ]);
        int failed = results.Count(r => !r.Passed);
        screen.Line($"{results.Count} operations, {results.Sum(r => r.Samples)} samples: {(failed == 0 ? "all correct" : $"{failed} operations FAILED")} (errors are the largest relative ones)");
    }
}
