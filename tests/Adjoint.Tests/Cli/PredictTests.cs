using System.Text.Json.Nodes;
using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary>Predictions of a model that was trained for three epochs.</summary>
[Collection(Alone.Name)]
public sealed class PredictTests(PredictTests.Trained trained) : IClassFixture<PredictTests.Trained>
{
    // The first image of the data set, a zero.
    const string Zero = "0,0,5,13,9,1,0,0,0,0,13,15,10,15,5,0,0,3,15,2,0,11,8,0,0,4,12,0,0,8,8,0,0,5,8,0,0,9,8,0,0,4,11,0,1,12,7,0,0,2,14,5,10,12,0,0,0,0,6,13,10,0,0,0";

    [Fact]
    public async Task An_image_of_ones_own_is_recognised_and_drawn()
    {
        string csv = trained.Folder.File("zero.csv"), json = trained.Folder.File("zero.json");
        await File.WriteAllTextAsync(csv, $"{Zero}\n{Zero}\n", TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of(["predict", trained.Run, "--input", csv, "--json", json], TestContext.Current.CancellationToken);
        Assert.Equal(("", 0), (run.Error, run.Code));
        Assert.StartsWith("    --%%++\n    %%@@**@@--\n  ..@@..  **++\n", run.Output, StringComparison.Ordinal);
        JsonArray answers = JsonNode.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken))!["predictions"]!.AsArray();
        Assert.Equal([0, 0], answers.Select(a => (int)a!["class"]!));
        Assert.Equal(1, answers[0]!["probabilities"]!.AsArray().Sum(p => (double)p!), 5);
    }

    [Fact]
    public async Task An_image_of_the_test_data_comes_with_its_class()
    {
        ToolRun run = await ToolRun.Of(["predict", trained.Run, "--index", "0"], TestContext.Current.CancellationToken);
        Assert.Equal(0, run.Code);
        Assert.Matches("^test image 0, which is: [0-9]\n", run.Output);
    }

    [Theory]
    [InlineData("1,2,3\n", 1, "predict: every line must have the 64 pixels of an image of digits, but ")]
    [InlineData("x\n", 1, "csv: ")]
    [InlineData("", 1, "csv: ")]
    public async Task An_unfit_file_is_refused(string text, int code, string sentence)
    {
        string csv = trained.Folder.File($"{Guid.NewGuid():N}.csv");
        await File.WriteAllTextAsync(csv, text, TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of(["predict", trained.Run, "--input", csv], TestContext.Current.CancellationToken);
        Assert.Equal((code, ""), (run.Code, run.Output));
        Assert.StartsWith(sentence, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pixel_out_of_range_is_named()
    {
        string csv = trained.Folder.File("bright.csv");
        await File.WriteAllTextAsync(csv, $"{Zero}\n17{Zero[1..]}\n", TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of(["predict", trained.Run, "--input", csv], TestContext.Current.CancellationToken);
        Assert.Equal(1, run.Code);
        Assert.Matches("^predict: pixels must be from 0 to 16, but row 1, column 0 of '.+' is 17\\.\n$", run.Error);
    }

    [Fact]
    public async Task An_index_beyond_the_test_data_is_refused()
    {
        ToolRun run = await ToolRun.Of(["predict", trained.Run, "--index", "359"], TestContext.Current.CancellationToken);
        Assert.Equal((2, "predict: the index must be from 0 to 358, but it is 359.\n"), (run.Code, run.Error));
    }

    public sealed class Trained : IAsyncLifetime
    {
        public TemporaryFolder Folder { get; } = new();

        public string Run => Folder.File("run");

        public async ValueTask InitializeAsync() => Assert.Equal(0, (await ToolRun.Of(["train", "digits", "--epochs", "3", "--out", Run, "--quiet"])).Code);

        public ValueTask DisposeAsync()
        {
            Folder.Dispose();
            return default;
        }
    }
}
