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
}
