using System.Diagnostics;
using Xunit;

namespace Adjoint.Tests.Repository;

/// <summary>Runs other programs: the SDK on this repository, or what it made.</summary>
static class Command
{
    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int Status, string Log)> Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // The test run's own build settings must not reach the build inside it.
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray()) start.Environment.Remove(name);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string log = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, log + await errors);
    }

    /// <summary>A file of this repository.</summary>
    public static string Find(string file)
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string path = Path.Combine(folder, file);
            if (File.Exists(path)) return path;
        }

        throw new FileNotFoundException($"{file} is not above the tests");
    }
}
