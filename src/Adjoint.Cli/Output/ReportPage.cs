using System.Text;
using System.Text.Json.Nodes;
using Adjoint.Cli.Runs;
using Adjoint.Formats;
using Adjoint.Training;

namespace Adjoint.Cli.Output;

/// <summary>What a run was, came to and looked like on the way, as one page that needs nothing else: no network, no other file.</summary>
internal static class ReportPage
{
    static readonly Lazy<string> Frame = new(() => Resource("page.html")
        .Replace("{{chart.css}}", Resource("uPlot.min.css"), StringComparison.Ordinal)
        .Replace("{{page.css}}", Resource("page.css"), StringComparison.Ordinal)
        .Replace("{{chart.js}}", Resource("uPlot.iife.min.js"), StringComparison.Ordinal)
        .Replace("{{page.js}}", Resource("page.js"), StringComparison.Ordinal));

    /// <summary>Draws the page and puts it where it belongs in one step.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="run">What <c>run.json</c> says, or the part of it that is known while the training runs.</param>
    /// <param name="history">What was watched.</param>
    public static void Write(string path, JsonObject run, WatchHistory history)
    {
        var data = new JsonObject
        {
            ["run"] = run.DeepClone(),
            ["watch"] = WatchJson.Of(history),
            ["findings"] = new JsonArray([.. Diagnosis.Of(history).Select(f => (JsonNode)RunRecord.Finding(f))]),
        };
        // The default encoder writes < and & as escapes: no name in it can end the script it stands in.
        byte[] page = Encoding.UTF8.GetBytes(Frame.Value.Replace("{{data}}", data.ToJsonString(), StringComparison.Ordinal));
        AtomicFile.Write(path, stream => stream.Write(page));
    }

    static string Resource(string name)
    {
        using Stream stream = typeof(ReportPage).Assembly.GetManifestResourceStream($"report/{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
