using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Adjoint.Bench.Peers;

/// <summary>What one process measured of one workload.</summary>
/// <param name="Milliseconds">The median step, or all of a whole training.</param>
/// <param name="Losses">The losses of the first steps, by which both sides are known to do the same.</param>
/// <param name="PeakMiB">The process's largest resident memory.</param>
/// <param name="Steps">How many steps were timed.</param>
internal sealed record Run(double Milliseconds, double[] Losses, double PeakMiB, int Steps)
{
    /// <summary>The line that a child whose start is measured from outside prints right after its first step, before its result.</summary>
    public const string Started = "started";

    const int Checked = 4;

    /// <summary>Warms up, times steps for about <paramref name="seconds"/>, at least five, and fewer only where one takes long.</summary>
    public static Run Of(Func<double> step, double seconds)
    {
        double[] losses = [.. Enumerable.Range(0, Checked).Select(_ => step())];
        for (var warm = Stopwatch.StartNew(); warm.Elapsed.TotalSeconds < seconds;) step();
        var times = new List<double>();
        for (var all = Stopwatch.StartNew(); all.Elapsed.TotalSeconds < seconds || (times.Count < 5 && all.Elapsed.TotalSeconds < 4 * seconds);)
        {
            long start = Stopwatch.GetTimestamp();
            step();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        return new(times[times.Count / 2], losses, PeakMemory(), times.Count);
    }

    /// <summary>Times a whole training, what is compiled on the way included.</summary>
    static Run Whole(Func<double> step, int steps)
    {
        var losses = new double[steps];
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++) losses[i] = step();
        double time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return new(time, losses[..Math.Min(steps, Checked)], PeakMemory(), steps);
    }

    /// <summary>A child's whole protocol: one line of JSON on standard output, and before it, where the start is measured, a line right after the first step.</summary>
    /// <param name="args">NAME THREADS SECONDS, and for a whole training STEPS.</param>
    /// <param name="make">Builds the work of a name.</param>
    public static void Child(string[] args, Func<string, Func<double>> make)
    {
        Func<double> step = make(args[0]);
        Run run = args[0] == "start" ? First(step) : args.Length > 3 ? Whole(step, int.Parse(args[3], CultureInfo.InvariantCulture)) : Of(step, double.Parse(args[2], CultureInfo.InvariantCulture));
        Console.WriteLine(JsonSerializer.Serialize(run));
    }

    static Run First(Func<double> step)
    {
        double loss = step();
        Console.WriteLine(Started);
        return new(0, [loss], PeakMemory(), 1);
    }

    public static Run Parse(string line) => JsonSerializer.Deserialize<Run>(line)!;

    /// <summary>On Linux the high-water mark that the kernel keeps, elsewhere what the framework knows.</summary>
    static double PeakMemory()
    {
        const string Mark = "VmHWM:";
        string? line = File.Exists("/proc/self/status") ? File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(Mark, StringComparison.Ordinal)) : null;
        return line is null
            ? Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0
            : double.Parse(line[Mark.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
    }
}
