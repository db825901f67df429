using System.Text.Json.Nodes;
using Adjoint.Profiling;

namespace Adjoint.Cli.Runs;

/// <summary>A profile as JSON; numbers are sums over all steps.</summary>
internal static class ProfileRecord
{
    public static JsonObject Of(ProfileReport report, string recipe, int steps, int batchSize) => new()
    {
        ["recipe"] = recipe,
        ["steps"] = steps,
        ["batch_size"] = batchSize,
        ["seconds"] = report.Seconds,
        ["operation_seconds"] = report.OperationSeconds,
        ["profiling_seconds"] = report.ProfilingSeconds,
        ["other_seconds"] = report.OtherSeconds,
        ["memory"] = new JsonObject
        {
            ["live_bytes_before"] = report.Memory.LiveBytesBefore,
            ["live_bytes_after"] = report.Memory.LiveBytesAfter,
            ["peak_bytes"] = report.Memory.PeakBytes,
            ["managed_bytes"] = report.Memory.ManagedBytes,
        },
        ["roof"] = new JsonObject { ["gflops"] = report.Roof.Gflops, ["gigabytes_per_second"] = report.Roof.GigabytesPerSecond },
        ["operations"] = new JsonArray([.. report.Operations.Select(r => (JsonNode)Row(r, report.Roof))]),
        ["modules"] = new JsonArray([.. report.Modules.Select(r => (JsonNode)Row(r, report.Roof))]),
        ["environment"] = RunRecord.Environment(),
    };

    static JsonObject Row(ProfileRow row, Roof roof) => new()
    {
        ["name"] = row.Name,
        ["phase"] = Names.Snake($"{row.Phase}"),
        ["calls"] = row.Calls,
        ["total_seconds"] = row.TotalSeconds,
        ["self_seconds"] = row.SelfSeconds,
        ["flops"] = row.Flops,
        ["bytes"] = row.Bytes,
        ["gflops"] = row.Gflops,
        ["gigabytes_per_second"] = row.GigabytesPerSecond,
        ["roof_share"] = row.RoofShare(roof),
    };
}
