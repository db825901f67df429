using System.Diagnostics;

namespace Adjoint.Bench.Peers;

/// <summary>Makes the programs that are compared, both in the same way: published as by a user who cares for the start, compiled ahead for this machine's processor.</summary>
internal static class Publishing
{
    /// <summary>Publishes a project that stands beside this one, and gives the path of its program.</summary>
    /// <exception cref="InvalidOperationException">It does not build.</exception>
    /// <exception cref="DirectoryNotFoundException">It is not there.</exception>
    public static async Task<string> Of(string name, CancellationToken cancellation)
    {
        string project = Folder(name), output = Path.Combine(project, "bin", "peers");
        await Console.Error.WriteLineAsync($"publishing {project} (the first time fetches the compiler for it, and libtorch, some 200 MB) …");
        string[] ahead = ["--use-current-runtime", "--self-contained", "false", "-p:PublishReadyToRun=true", "-p:PublishReadyToRunCrossgen2ExtraArgs=--instruction-set:native"];
        var start = new ProcessStartInfo("dotnet", ["publish", project, "-c", "Release", .. ahead, "-o", output, "-v", "quiet", "--nologo"]) { RedirectStandardOutput = true };
        using Process publish = Process.Start(start)!;
        string said = await publish.StandardOutput.ReadToEndAsync(cancellation);
        await publish.WaitForExitAsync(cancellation);
        if (publish.ExitCode != 0) throw new InvalidOperationException($"peers: {project} must build, but the compiler said:\n{said}");
        return Path.Combine(output, $"{name}.dll");
    }

    static string Folder(string name)
    {
        string folder = AppContext.BaseDirectory;
        while (!Directory.Exists(Path.Combine(folder, name)))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException($"peers: bench/{name} must stand beside this program's project, but it was not found above {AppContext.BaseDirectory}.");
        return Path.Combine(folder, name);
    }
}
