using Adjoint.Tests.Formats;
using Xunit;

namespace Adjoint.Tests.Cli;

/// <summary>Data files: where they are found, and what happens to wrong ones.</summary>
public sealed class DataTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_are_listed_where_they_were_found()
    {
        string file = _folder.Write("t10k-images-idx3-ubyte", [0]);
        ToolRun run = await ToolRun.Of(["data", "--data", _folder.Path], TestContext.Current.CancellationToken);
        Assert.Equal(("", 0), (run.Error, run.Code));
        Assert.Contains("digits.csv.gz", run.Output, StringComparison.Ordinal);
        Assert.Contains(run.Output.Split('\n'), line => line.StartsWith("mnist ", StringComparison.Ordinal) && line.EndsWith(file, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_with_the_right_name_and_wrong_contents_is_refused()
    {
        foreach (string name in (string[])["train-images-idx3-ubyte", "t10k-images-idx3-ubyte"]) _folder.Write(name, [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7]);
        foreach (string name in (string[])["train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"]) _folder.Write(name, [0, 0, 8, 1, 0, 0, 0, 1, 3]);
        ToolRun run = await ToolRun.Of(["train", "mnist", "--data", _folder.Path, "--out", _folder.File("run")], TestContext.Current.CancellationToken);
        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.StartsWith("mnist: the contents of train-images-idx3-ubyte must have SHA-256 ", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("run")));
    }
}
