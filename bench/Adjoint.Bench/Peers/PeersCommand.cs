using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Adjoint.Profiling;

namespace Adjoint.Bench.Peers;

/// <summary><c>peers</c>: the same models, data and optimizers here and in TorchSharp, in processes started in turn.</summary>
internal static class PeersCommand
{
    const string Peer = "Adjoint.Bench.TorchSharp";

    public static Command Make()
    {
        var threads = new Option<int>("--threads") { Description = "Threads for both sides.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var only = new Option<string[]>("--only") { Description = $"Workloads by name, or the beginning of names: {string.Join(", ", Catalog.All.Select(w => w.Name))}.", AllowMultipleArgumentsPerToken = true };
        var json = new Option<FileInfo?>("--json") { Description = "Also write the rows to this file." };
        var pairs = new Option<int>("--pairs") { Description = "How often both sides are started, in turn.", DefaultValueFactory = _ => 5 };
        var seconds = new Option<double>("--seconds") { Description = "How long each process warms up, and then is timed.", DefaultValueFactory = _ => 1.0 };
        var command = new Command("peers", "Trains the same models in Adjoint and in TorchSharp and prints the ratio of the times.") { threads, only, json, pairs, seconds };
        command.SetAction((result, cancellation) => Run(result.GetValue(threads), result.GetValue(only) ?? [], result.GetValue(json), result.GetValue(pairs), result.GetValue(seconds), cancellation));
        return command;
    }

    static async Task<int> Run(int threads, string[] only, FileInfo? json, int pairs, double seconds, CancellationToken cancellation)
    {
        Workload[] work = [.. Catalog.All.Where(w => only.Length == 0 || only.Any(o => w.Name.StartsWith(o, StringComparison.Ordinal)))];
        if (work.Length == 0)
        {
            await Console.Error.WriteLineAsync($"peers: --only names workloads, but none begins with '{string.Join("' or '", only)}'. There are {string.Join(", ", Catalog.All.Select(w => w.Name))}.");
            return 2;
        }

        string peer = await BuildPeer(cancellation);
        Roof roof = Roof.Of(threads);
        Console.WriteLine($"{threads} threads; roof {roof.Gflops:0} GFLOP/s, {roof.GigabytesPerSecond:0.0} GB/s; medians of {pairs} pairs of processes");
        Console.WriteLine(Row.Header);
        var rows = new List<Row>();
        foreach (Workload workload in work)
        {
            Row row = await Compare(workload, threads, pairs, seconds, peer, roof, cancellation);
            Console.WriteLine(row);
            rows.Add(row);
            if (json is not null) await File.WriteAllTextAsync(json.FullName, JsonSerializer.Serialize(rows, Row.Format), cancellation);
        }

        return rows.Exists(r => !r.Agrees) ? 1 : 0;
    }

    static async Task<Row> Compare(Workload workload, int threads, int pairs, double seconds, string peer, Roof roof, CancellationToken cancellation)
    {
        var ours = new List<Run>();
        var theirs = new List<Run>();
        for (int i = 0; i < pairs; i++)
        {
            ours.Add(await Measure(Environment.ProcessPath!, [.. Own, "peers-child"]));
            theirs.Add(await Measure("dotnet", [peer]));
        }

        return new(workload, threads, ours, theirs, roof);

        Task<Run> Measure(string program, string[] first) =>
            Child(program, [.. first, workload.Name, threads.ToString(CultureInfo.InvariantCulture), seconds.ToString(CultureInfo.InvariantCulture)], cancellation);
    }

    /// <summary>When started as <c>dotnet X.dll</c>, a child needs the file too.</summary>
    static string[] Own => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Assembly.GetExecutingAssembly().Location] : [];

    static async Task<Run> Child(string program, string[] arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        long begun = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
        string? line = await process.StandardOutput.ReadLineAsync(cancellation);
        double elapsed = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0 || line is null) throw new InvalidOperationException($"peers: a child must print its result, but '{program} {string.Join(' ', arguments)}' ended with {process.ExitCode}.\n{await errors}");
        return line.StartsWith(Peers.Run.Started, StringComparison.Ordinal) ? Peers.Run.Parse(line[Peers.Run.Started.Length..]) with { Milliseconds = elapsed } : Peers.Run.Parse(line);
    }

    /// <summary>Builds the other side, which is no part of the solution, beside this one.</summary>
    static async Task<string> BuildPeer(CancellationToken cancellation)
    {
        string folder = AppContext.BaseDirectory;
        while (!Directory.Exists(Path.Combine(folder, Peer)))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException($"peers: bench/{Peer} must stand beside this program's project, but it was not found above {AppContext.BaseDirectory}.");
        string project = Path.Combine(folder, Peer);
        await Console.Error.WriteLineAsync($"building {project} (the first time fetches libtorch, some 200 MB) …");
        var start = new ProcessStartInfo("dotnet", ["build", project, "-c", "Release", "-v", "quiet", "--nologo"]) { RedirectStandardOutput = true };
        using Process build = Process.Start(start)!;
        string output = await build.StandardOutput.ReadToEndAsync(cancellation);
        await build.WaitForExitAsync(cancellation);
        if (build.ExitCode != 0) throw new InvalidOperationException($"peers: {project} must build, but the compiler said:\n{output}");
        return Path.Combine(project, "bin", "Release", "net10.0", $"{Peer}.dll");
    }
}
