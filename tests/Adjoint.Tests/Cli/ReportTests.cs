using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary>What a run leaves for eyes: its page in a real browser, and the words of the doctor.</summary>
[Collection(Alone.Name)]
public sealed class ReportTests : IDisposable
{
    // Counts the pixels of every canvas that differ from its first: a chart that was not drawn has none.
    const string CountPixels = """
        <script>
        for (const canvas of document.querySelectorAll("canvas")) {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let drawn = 0;
          for (let i = 4; i < data.length; i += 4) if (data[i] !== data[0] || data[i + 1] !== data[1] || data[i + 2] !== data[2] || data[i + 3] !== data[3]) drawn++;
          canvas.closest(".card").dataset.pixels = drawn;
        }
        </script>
        """;

    readonly TemporaryFolder _folder = new();

    string Run => _folder.File("run");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_report_draws_every_chart_in_a_browser_without_a_network()
    {
        Chromium.Need();
        ToolRun run = await ToolRun.Of(["train", "digits", "--epochs", "3", "--out", Run], TestContext.Current.CancellationToken);
        Assert.Equal(("", 0), (run.Error, run.Code));
        string page = Path.Combine(Run, "report.html"), counted = _folder.File("counted.html");
        string text = await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken);
        Assert.DoesNotMatch("(src|href)=\"|url\\(|@import|fetch\\(", text);
        await File.WriteAllTextAsync(counted, text.Replace("</body>", CountPixels + "</body>", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        string dom = await Chromium.Dom(counted);
        Assert.Contains("data-drawn=\"6 curves, 6 maps\"", dom, StringComparison.Ordinal);
        int[] pixels = [.. Regex.Matches(dom, "data-pixels=\"([0-9]+)\"").Select(m => int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(12, pixels.Length);
        Assert.All(pixels, p => Assert.InRange(p, 50, int.MaxValue));
        foreach (string title in new[] { "Loss of the training, by step", "Accuracy in %, by epoch", "Learning rate, by step", "Gradient norm", "Update / weight", "Dead units" }) Assert.Contains($"<h3>{title}</h3>", dom, StringComparison.Ordinal);
        Assert.Contains("Nothing unhealthy was seen in 120 steps", dom, StringComparison.Ordinal);
        Assert.Contains("<td>training.epochs</td><td>3</td>", dom, StringComparison.Ordinal);
        Assert.Contains("<li title=\"0.Weight 16×1×3×3\"", dom, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_training_that_diverges_leaves_what_shows_why()
    {
        ToolRun run = await ToolRun.Of(["train", "digits", "--lr", "1e30", "--out", Run], TestContext.Current.CancellationToken);
        Assert.Equal(1, run.Code);
        Assert.Matches("^training: the loss must stay finite, but it is .+ at epoch 1, step [0-9]+\\. Hint: lower the learning rate, clip gradients, or look for NaN in the data\\.\n$", run.Error);
        Assert.Equal(["recipe.json", "report.html", "watch.json"], Directory.EnumerateFileSystemEntries(Run).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        string json = _folder.File("findings.json");
        run = await ToolRun.Of(["doctor", Run, "--json", json], TestContext.Current.CancellationToken);
        Assert.Equal(("", 0), (run.Error, run.Code));
        Assert.Contains("! The training ended because a number was not finite.\n  evidence  training: the loss must stay finite", run.Output, StringComparison.Ordinal);
        Assert.Equal(["not_finite", "learning_rate_too_high"], JsonNode.Parse(File.ReadAllText(json))!["findings"]!.AsArray().Select(f => (string?)f!["kind"]));
    }

    [Fact]
    public async Task The_doctor_finds_nothing_in_a_healthy_run_and_says_what_it_needs()
    {
        await ToolRun.Of(["train", "digits", "--epochs", "2", "--out", Run], TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of(["doctor", Run], TestContext.Current.CancellationToken);
        Assert.Equal(new ToolRun(0, "2 epochs, 80 steps, 10 parameters and 3 activations looked at in 80 steps\nnothing unhealthy was seen.\n", ""), run);
        run = await ToolRun.Of(["doctor", "nowhere"], TestContext.Current.CancellationToken);
        Assert.Equal(new ToolRun(1, "", "doctor: a run's folder with a watch.json must be named, but 'nowhere' has none. Hint: adjoint train digits makes one.\n"), run);
        File.WriteAllText(Path.Combine(Run, "watch.json"), "{\"format\":\"adjoint-watch\",\"version\":1}");
        run = await ToolRun.Of(["doctor", Run], TestContext.Current.CancellationToken);
        Assert.Equal(1, run.Code);
        Assert.StartsWith("doctor: watch.json must be what adjoint train wrote, but '", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machines_get_an_object_a_line()
    {
        ToolRun run = await ToolRun.Of(["train", "digits", "--epochs", "2", "--out", Run, "--log", "json", "--log-every", "25", "--tensorboard"], TestContext.Current.CancellationToken);
        Assert.Equal(("", 0), (run.Error, run.Code));
        JsonNode[] lines = [.. run.Output.TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(["start", "step", "epoch", "step", "step", "epoch", "end"], lines.Select(l => (string?)l["event"]));
        Assert.Equal([25, 50, 75], lines.Where(l => (string?)l["event"] == "step").Select(l => (int)l["step"]!));
        Assert.Equal("finished", (string?)lines[^1]["end"]);
        Assert.Single(Directory.GetFiles(Path.Combine(Run, "tensorboard"), "events.out.tfevents.*"));
        run = await ToolRun.Of(["train", "digits", "--log", "xml"], TestContext.Current.CancellationToken);
        Assert.Equal((2, "--log must be text or json, but it is 'xml'. Hint: adjoint train --help shows what is possible.\n"), (run.Code, run.Error));
    }
}
