using System.Diagnostics;
using Xunit;

namespace Adjoint.Tests.Repository;

/// <summary>Every operation and kernel is tested again with wide vectors switched off, in a child process (the choice is made once per process).</summary>
[Collection(Alone.Name)]
public class InstructionSetTests
{
    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task Operations_and_kernels_agree_without(string feature)
    {
        if (Environment.GetEnvironmentVariable(feature) == "0") return;
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [feature] = "0" },
        };
        // Under "dotnet test" the process is the test program itself; under "dotnet Adjoint.Tests.dll" it is the host.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet") start.ArgumentList.Add(typeof(InstructionSetTests).Assembly.Location);
        foreach (string argument in new[] { "-class", "*RegistryTests", "-class", "*GemmTests", "-class", "*LaneMathTests", "-class", "*FormulaTests", "-class", "*ElementwiseTests", "-class", "*ReduceTests", "-class", "*WinogradTests" }) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{output}\n{await errors}");
    }
}
