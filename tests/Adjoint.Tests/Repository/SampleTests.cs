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
}
