using System.Text.Json.Nodes;
using Adjoint.Formats;
using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary>Trainings of an epoch or two, in this process, into a folder that goes away.</summary>
[Collection(Alone.Name)]
public sealed class TrainTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    string Run => _folder.File("run");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_leaves_model_history_picture_and_record()
    {
        string json = _folder.File("result.json");
        ToolRun run = await ToolRun.Of(["train", "digits", "--epochs", "2", "--seed", "5", "--out", Run, "--json", json], TestContext.Current.CancellationToken);
        Assert.Equal(("", 0), (run.Error, run.Code));
        Assert.Equal(["checkpoints", "curves.png", "metrics.csv", "model.safetensors", "recipe.json", "report.html", "run.json", "watch.json"], Names(Run));
        Assert.Equal(File.ReadAllText(json), File.ReadAllText(Path.Combine(Run, "run.json")));
        JsonNode record = JsonNode.Parse(File.ReadAllText(json))!;
        Assert.Equal(("digits", 5, 2), ((string)record["recipe"]!, (int)record["seed"]!, (int)record["epochs"]!));
        Assert.Equal([1258, 180, 359], new[] { "train", "validation", "test" }.Select(part => (int)record[part]!["rows"]!));
        Assert.All(new[] { "train", "validation", "test" }, part => Assert.InRange((double)record[part]!["accuracy"]!, 0.5, 1));
        Assert.All(new[] { "train", "validation", "test" }, part => Assert.InRange((double)record[part]!["loss"]!, 0, 2));
        Assert.Equal(3, File.ReadAllLines(Path.Combine(Run, "metrics.csv")).Length);
        Assert.Equal("89-50-4E-47", BitConverter.ToString(File.ReadAllBytes(Path.Combine(Run, "curves.png")), 0, 4));
        using SafetensorsFile model = Safetensors.Read(Path.Combine(Run, "model.safetensors"));
        Assert.Equal(("digits", "5"), (model.Metadata["name"], model.Metadata["seed"]));
        Assert.Contains("epoch   2/2", run.Output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(Run, "model.safetensors"), run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_saved_model_scores_what_the_training_reported_and_the_same_seed_gives_the_same_bits()
    {
        await ToolRun.Of(["train", "digits", "--epochs", "1", "--out", Run, "--threads", "1"], TestContext.Current.CancellationToken);
        await ToolRun.Of(["train", "digits", "--epochs", "1", "--out", _folder.File("again"), "--threads", "2", "--nan-guard"], TestContext.Current.CancellationToken);
        // The header says that the one had a guard; the numbers are the same.
        Assert.Equal(Weights(Path.Combine(Run, "model.safetensors")), Weights(_folder.File("again/model.safetensors")));
        ToolRun eval = await ToolRun.Of(["eval", Run, "--json", _folder.File("eval.json")], TestContext.Current.CancellationToken);
        Assert.Equal(("", 0), (eval.Error, eval.Code));
        JsonNode trained = JsonNode.Parse(File.ReadAllText(Path.Combine(Run, "run.json")))!["test"]!, evaluated = JsonNode.Parse(File.ReadAllText(_folder.File("eval.json")))!["test"]!;
        Assert.Equal((double)trained["accuracy"]!, (double)evaluated["accuracy"]!, 12);
        Assert.Equal((double)trained["loss"]!, (double)evaluated["loss"]!, 6);
    }

    [Fact]
    public async Task An_interrupted_run_keeps_the_best_model_and_nothing_half_written()
    {
        ToolRun run = await ToolRun.InterruptedAt("epoch   2/", ["train", "digits", "--epochs", "50", "--out", Run]);
        Assert.Equal(130, run.Code);
        Assert.Equal(["checkpoints", "curves.png", "metrics.csv", "model.safetensors", "recipe.json", "report.html", "run.json", "watch.json"], Names(Run));
        JsonNode record = JsonNode.Parse(File.ReadAllText(Path.Combine(Run, "run.json")))!;
        Assert.Equal(("interrupted", 2), ((string)record["end"]!, (int)record["epochs"]!));
        Assert.Equal(0, (await ToolRun.Of(["eval", Run], TestContext.Current.CancellationToken)).Code);
    }

    [Fact]
    public async Task A_run_interrupted_before_its_first_epoch_leaves_nothing()
    {
        ToolRun run = await ToolRun.InterruptedAt("parameters", ["train", "digits", "--out", Run]);
        Assert.Equal(130, run.Code);
        Assert.False(Directory.Exists(Run));
        Assert.EndsWith("interrupted before the first step was finished: nothing was kept.\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_run_goes_on_to_the_bits_of_one_that_was_not()
    {
        string[] work = ["train", "digits", "--epochs", "4", "--seed", "3"];
        await ToolRun.InterruptedAt("epoch   2/", [.. work, "--out", Run]);
        ToolRun resumed = await ToolRun.Of(["train", "--resume", Run, "--threads", "1"], TestContext.Current.CancellationToken);
        Assert.Equal(("", 0), (resumed.Error, resumed.Code));
        Assert.DoesNotContain("epoch   2/4", resumed.Output, StringComparison.Ordinal);
        string whole = _folder.File("whole");
        await ToolRun.Of([.. work, "--out", whole], TestContext.Current.CancellationToken);
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "model.safetensors")), File.ReadAllBytes(Path.Combine(Run, "model.safetensors")));
        Assert.Equal(5, File.ReadAllLines(Path.Combine(Run, "metrics.csv")).Length);
    }

    [Theory]
    [InlineData("train: a run goes on with its own settings, but 'digits' is given with --resume. Hint: leave it out.\n", "digits")]
    [InlineData("train: a run goes on with its own settings, but '--epochs' is given with --resume. Hint: leave it out.\n", "--epochs", "9")]
    [InlineData("train: --resume must name the folder of a run, but 'nowhere' has no recipe.json.\n")]
    public async Task Resuming_something_else_is_a_usage_error(string message, params string[] more)
    {
        ToolRun run = await ToolRun.Of(["train", "--resume", "nowhere", .. more], TestContext.Current.CancellationToken);
        Assert.Equal((2, message), (run.Code, run.Error));
    }

    [Fact]
    public async Task A_recipe_that_is_not_ours_is_refused()
    {
        Directory.CreateDirectory(Run);
        string recipe = _folder.Write("run/recipe.json", "{\n\"name\": 3}"u8.ToArray());
        ToolRun run = await ToolRun.Of(["train", "--resume", Run], TestContext.Current.CancellationToken);
        Assert.Equal(1, run.Code);
        Assert.Contains($"{recipe}, line 2: name must be a text that matches ^[A-Za-z0-9][A-Za-z0-9._-]{{0,63}}$, but it is 3.\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_recipe_in_a_runs_folder_repeats_the_run()
    {
        await ToolRun.Of(["train", "digits", "--seed", "4", "--epochs", "2", "--set", "optimizer.kind=lion", "--set", "optimizer.learningRate=1e-3", "--max-steps", "50", "--out", Run], TestContext.Current.CancellationToken);
        ToolRun again = await ToolRun.Of(["train", Path.Combine(Run, "recipe.json"), "--out", _folder.File("again")], TestContext.Current.CancellationToken);
        Assert.Equal(("", 0), (again.Error, again.Code));
        Assert.Contains("\nout of steps or minutes after ", again.Output, StringComparison.Ordinal);
        foreach (string file in (string[])["model.safetensors", "recipe.json"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(Run, file)), File.ReadAllBytes(Path.Combine(_folder.File("again"), file)));
        JsonNode record = JsonNode.Parse(File.ReadAllText(Path.Combine(Run, "run.json")))!;
        Assert.Equal(("out of steps or minutes", "lion", 50), ((string)record["end"]!, (string)record["settings"]!["optimizer"]!["kind"]!, (int)record["settings"]!["training"]!["maxSteps"]!));
    }

    [Fact]
    public async Task Files_of_others_are_not_overwritten()
    {
        string folder = _folder.File("mine");
        Directory.CreateDirectory(folder);
        _folder.Write("mine/notes.txt", [1]);
        ToolRun run = await ToolRun.Of(["train", "digits", "--out", folder], TestContext.Current.CancellationToken);
        Assert.Equal(2, run.Code);
        Assert.StartsWith("train: the output folder must be new or empty, but '", run.Error, StringComparison.Ordinal);
        Assert.Equal(["notes.txt"], Names(folder));
    }

    [Fact]
    public async Task Quiet_prints_nothing()
    {
        ToolRun run = await ToolRun.Of(["train", "digits", "--epochs", "1", "--out", Run, "--quiet"], TestContext.Current.CancellationToken);
        Assert.Equal(new ToolRun(0, "", ""), run);
    }

    /// <summary>What comes after the header.</summary>
    static byte[] Weights(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        return file[(8 + (int)BitConverter.ToInt64(file))..];
    }

    static IEnumerable<string?> Names(string folder) => Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
