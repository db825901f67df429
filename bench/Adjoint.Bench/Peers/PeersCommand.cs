using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Adjoint.Profiling;

namespace Adjoint.Bench.Peers;

/// <summary><c>peers</c>: the same models, data and optimizers here and in TorchSharp, in processes started in turn.</summary>
internal static class PeersCommand
{
    const string Own = "Adjoint.Bench.Own", Peer = "Adjoint.Bench.TorchSharp";
    const int Trials = 3;

    public static Command Make()
    {
        var threads = new Option<int>("--threads") { Description = "Threads for both sides.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var only = new Option<string[]>("--only") { Description = $"Workloads by name, or the beginning of names: {string.Join(", ", Catalog.All.Select(w => w.Name))}.", AllowMultipleArgumentsPerToken = true };
        var json = new Option<FileInfo?>("--json") { Description = "Also write the rows to this file." };
        var pairs = new Option<int>("--pairs") { Description = "How often both sides are started, in turn.", DefaultValueFactory = _ => 5 };
        var seconds = new Option<double>("--seconds") { Description = "How long each process warms up, and then is timed.", DefaultValueFactory = _ => 1.0 };
        var steps = new Option<int?>("--steps") { Description = $"How many steps a whole training has, in place of its own number ({string.Join(", ", Catalog.All.Where(w => w.Steps is not null).Select(w => $"{w.Name}: {w.Steps}"))})." };
        threads.Validators.Add(r => AtLeast(r, 1, r.GetValueOrDefault<int>()));
        pairs.Validators.Add(r => AtLeast(r, 1, r.GetValueOrDefault<int>()));
        seconds.Validators.Add(r => AtLeast(r, 0, r.GetValueOrDefault<double>()));
        steps.Validators.Add(r => AtLeast(r, 1, r.GetValueOrDefault<int?>() ?? 1));
        var command = new Command("peers", "Trains the same models in Adjoint and in TorchSharp and prints the ratio of the times.") { threads, only, json, pairs, seconds, steps };
        command.SetAction((result, cancellation) => Run(result.GetValue(threads), result.GetValue(only) ?? [], result.GetValue(json), result.GetValue(pairs), result.GetValue(seconds), result.GetValue(steps), cancellation));
        return command;
    }

    static void AtLeast(OptionResult result, double least, double value)
    {
        if (!(value >= least)) result.AddError(string.Create(CultureInfo.InvariantCulture, $"peers: {result.Option.Name} must be at least {least}, but it is {value}."));
    }

    static async Task<int> Run(int threads, string[] only, FileInfo? json, int pairs, double seconds, int? steps, CancellationToken cancellation)
    {
        Workload[] work = [.. Catalog.All.Where(w => only.Length == 0 || only.Any(o => w.Name.StartsWith(o, StringComparison.Ordinal))).Select(w => w.Steps is null ? w : w with { Steps = steps ?? w.Steps })];
        if (work.Length == 0)
        {
            await Console.Error.WriteLineAsync($"peers: --only names workloads, but none begins with '{string.Join("' or '", only)}'. There are {string.Join(", ", Catalog.All.Select(w => w.Name))}.");
            return 2;
        }

        string own = await Publishing.Of(Own, cancellation), peer = await Publishing.Of(Peer, cancellation);
        Roof roof = Roof.Of(threads);
        Console.WriteLine($"{threads} threads; roof {roof.Gflops:0} GFLOP/s, {roof.GigabytesPerSecond:0.0} GB/s; medians of {pairs} pairs of processes");
        Console.WriteLine(Row.Header);
        var rows = new List<Row>();
        foreach (Workload workload in work)
        {
            Row row = await Compare(workload, threads, pairs, seconds, own, peer, roof, cancellation);
            Console.WriteLine(row);
            rows.Add(row);
            if (json is not null) await File.WriteAllTextAsync(json.FullName, JsonSerializer.Serialize(rows, Row.Format), cancellation);
        }

        return rows.Exists(r => !r.Agrees) ? 1 : 0;
    }

    static async Task<Row> Compare(Workload workload, int threads, int pairs, double seconds, string own, string peer, Roof roof, CancellationToken cancellation)
    {
        var ours = new List<Run>();
        var theirs = new List<Run>();
        for (int i = 0; i < pairs; i++)
        {
            ours.Add(await Measure(own));
            theirs.Add(await Measure(peer));
        }

        return new(workload, threads, ours, theirs, roof);

        // libtorch ends a process now and then ("139"): that says nothing about its speed, so it gets another chance, and the reader is told.
        async Task<Run> Measure(string program)
        {
            string[] arguments = [program, workload.Name, threads.ToString(CultureInfo.InvariantCulture), seconds.ToString(CultureInfo.InvariantCulture), .. workload.Steps is { } whole ? [whole.ToString(CultureInfo.InvariantCulture)] : (string[])[]];
            for (int trial = 1; ; trial++)
            {
                try
                {
                    return await Child(arguments, cancellation);
                }
                catch (InvalidOperationException e) when (trial < Trials)
                {
                    await Console.Error.WriteLineAsync($"{e.Message.TrimEnd()} It is started again.");
                }
            }
        }
    }

    static async Task<Run> Child(string[] arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        long begun = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
        string? line = await process.StandardOutput.ReadLineAsync(cancellation);
        double elapsed = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        bool started = line == Peers.Run.Started;
        if (started) line = await process.StandardOutput.ReadLineAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0 || line is null) throw new InvalidOperationException($"peers: a child must print its result, but 'dotnet {string.Join(' ', arguments)}' ended with {process.ExitCode}.\n{await errors}");
        return started ? Peers.Run.Parse(line) with { Milliseconds = elapsed } : Peers.Run.Parse(line);
    }
}
