using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Adjoint.Profiling;

namespace Adjoint.Bench.Peers;

/// <summary>The two sides of a workload.</summary>
internal sealed class Row(Workload workload, int threads, IReadOnlyList<Run> ours, IReadOnlyList<Run> peer, Roof roof)
{
    public static JsonSerializerOptions Format { get; } = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static string Header => $"{"workload",-18}{"ours ms",10}{"peer ms",10}{"ratio",8}{"min…max",14}{"GFLOP/s",9}{"roof",7}{"ours MiB",10}{"peer MiB",10}{"memory",8}  losses";

    public string Name => workload.Name;

    public int Threads => threads;

    public double OursMs => Median(ours.Select(r => r.Milliseconds));

    public double PeerMs => Median(peer.Select(r => r.Milliseconds));

    /// <summary>The median of the pairs' ratios: a machine that slows down slows both of a pair.</summary>
    public double Ratio => Median(Ratios);

    public double OursGflops => workload.Flops * (workload.Steps is null ? 1 : ours[0].Steps) / OursMs / 1e6;

    public double RoofGflops => roof.Gflops;

    public double OursPeakMib => Median(ours.Select(r => r.PeakMiB));

    public double PeerPeakMib => Median(peer.Select(r => r.PeakMiB));

    /// <summary>Of arithmetic, or of memory where that is the bound.</summary>
    public double RoofShare => workload.Flops > 0 ? OursGflops / roof.Gflops : workload.Bytes / OursMs / 1e6 / roof.GigabytesPerSecond;

    /// <summary>Whether the first steps' losses are the same, as far as single precision goes.</summary>
    public bool Agrees => Difference <= workload.Tolerance;

    [JsonIgnore]
    IEnumerable<double> Ratios => ours.Zip(peer, (o, p) => p.Milliseconds / o.Milliseconds);

    double Difference => ours[0].Losses.Zip(peer[0].Losses, (o, p) => Math.Abs(o - p) / Math.Max(Math.Abs(p), 1e-12)).Select(d => double.IsNaN(d) ? double.PositiveInfinity : d).DefaultIfEmpty(0).Max();

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name,-18}{OursMs,10:0.000}{PeerMs,10:0.000}{Ratio,8:0.00}{$"{Ratios.Min():0.00}…{Ratios.Max():0.00}",14}{OursGflops,9:0.0}{RoofShare,7:P0}{OursPeakMib,10:0}{PeerPeakMib,10:0}{OursPeakMib / PeerPeakMib,8:0.00}  {(Agrees ? "agree" : "DIFFER")} ({Difference:0e+0})");

    static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
