using Xunit;

namespace Adjoint.Tests.Repository;

/// <summary>The samples do what they say.</summary>
[Collection(Alone.Name)]
public class SampleTests
{
    [Fact]
    public async Task The_first_network_learns_the_ring()
    {
        (int status, string log) = await Command.Run("dotnet", "run", "-c", "Release", Command.Find("samples/first-network.cs"));
        Assert.True(status == 0, log);
        Assert.Matches("(9[5-9]|100)[.][0-9] ?% of the points", log);
    }

    [Fact]
    public async Task Parts_of_ones_own_need_nothing_internal()
    {
        (int status, string log) = await Command.Run("dotnet", "run", "-c", "Release", Command.Find("samples/own-parts.cs"));
        Assert.True(status == 0, log);
        Assert.Matches(@"step 300: loss 0[.][0-3]", log);
        Assert.Contains("[100,  10,   1]", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fine_tuning_teaches_adapters_and_the_model_forgets_nothing()
    {
        (int status, string log) = await Command.Run("dotnet", "run", "-c", "Release", Command.Find("samples/fine-tuning.cs"));
        Assert.True(status == 0, log);
        foreach (string when in (string[])["as it was trained", "in 4 bits", "without them"]) Assert.Contains($"{when}: after 3, 4, 5 comes 6;", log, StringComparison.Ordinal);
        Assert.Contains("with adapters: after 3, 4, 5 comes 4; after 5, 4, 3 comes 2", log, StringComparison.Ordinal);
        Assert.Contains("376,832 bytes of weights in F32 are 48,752 bytes of NF4", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_notebook_tells_the_sick_network_from_its_healthy_twin()
    {
        (int status, string log) = await Command.Run("dotnet", "run", "-c", "Release", Command.Find("samples/notebook.cs"));
        Assert.True(status == 0, log);
        string[] halves = log.Split("residual: ");
        Assert.Contains("Gradients vanish on their way back", halves[0], StringComparison.Ordinal);
        Assert.Matches("^validation accuracy (9[5-9]|100)[.][0-9] ?%", halves[1]);
        Assert.DoesNotContain("evidence", halves[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_worker_trains_twice_and_leaves_a_model()
    {
        using var folder = new Formats.TemporaryFolder();
        (int status, string log) = await Command.Run("dotnet", "run", "-c", "Release", Command.Find("samples/worker-service.cs"), "--", "--folder", folder.File("worker"), "--every", "00:00:01", "--rounds", "2");
        Assert.True(status == 0, log);
        Assert.Equal(2, System.Text.RegularExpressions.Regex.Count(log, "model[.]safetensors is new: validation accuracy (9[5-9]|100)[.]"));
        Assert.Equal(["model.safetensors"], Directory.EnumerateFileSystemEntries(folder.File("worker")).Select(Path.GetFileName));
    }
}
