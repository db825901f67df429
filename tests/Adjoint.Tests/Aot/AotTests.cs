using System.Runtime.InteropServices;
using Adjoint.Tests.Formats;
using Adjoint.Tests.Repository;
using Xunit;

namespace Adjoint.Tests.Aot;

/// <summary>A program compiled ahead of time trains, saves, loads, and predicts the same; publishing it gives no warning.</summary>
[Collection(Alone.Name)]
public class AotTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_published_program_trains_saves_and_loads()
    {
        if (!IsOnPath("clang") && !IsOnPath("gcc"))
        {
            // A developer without a linker can still run everything else; the project's own CI must not pass without this.
            const string Missing = "The NativeAOT test needs a linker: install the packages clang and zlib1g-dev.";
            if (Environment.GetEnvironmentVariable("CI") is null) Assert.Skip(Missing);
            Assert.Fail(Missing);
        }

        using var folder = new TemporaryFolder();
        (int status, string log) = await Command.Run("dotnet", "publish", Command.Find("tests/Adjoint.Aot/Adjoint.Aot.csproj"), "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "-o", folder.File("published"), "-nodeReuse:false", "-p:UseSharedCompilation=false");
        Assert.True(status == 0, $"{(log.Contains("-lz", StringComparison.Ordinal) ? "The NativeAOT test needs zlib to link with: install the package zlib1g-dev.\n" : "")}{log}");
        Assert.DoesNotContain("warning", log, StringComparison.OrdinalIgnoreCase);

        string program = Path.Combine(folder.File("published"), "Adjoint.Aot");
        output.WriteLine($"published: {new FileInfo(program).Length:N0} bytes");
        (status, log) = await Command.Run(program, folder.File("ring.safetensors"));
        output.WriteLine(log);
        Assert.Equal(0, status);
        string[] lines = log.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("dynamic code: False", lines);
        Assert.Contains($"parameters: {(2 * 32) + 32 + (32 * 32) + 32 + (32 * 2) + 2}", lines);
        Assert.Contains("reloaded equal: True", lines);
        Assert.True(File.Exists(folder.File("ring.safetensors")));
    }

    static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
