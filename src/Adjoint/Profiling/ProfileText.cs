using System.Globalization;
using System.Text;

namespace Adjoint.Profiling;

/// <summary>A report as text: what the columns of its tables are, and how their numbers read.</summary>
internal static class ProfileText
{
    /// <summary>How many of the columns are words.</summary>
    public const int Words = 2;

    const string Prefixes = " KMGTP";

    /// <summary>The heads of a table of operations or modules.</summary>
    public static string[] Heads(string first) => [first, "phase", "calls", "total ms", "self ms", "share", "FLOP", "bytes", "GFLOP/s", "GB/s", "roof"];

    /// <summary>The first rows of a table, what the others come to, what was in no operation, and the whole.</summary>
    /// <param name="report">What was recorded.</param>
    /// <param name="rows">All rows of the table.</param>
    /// <param name="most">How many of them to show.</param>
    /// <param name="steps">Of how many steps the numbers are the mean.</param>
    public static IReadOnlyList<string[]> Cells(ProfileReport report, IReadOnlyList<ProfileRow> rows, int most, int steps = 1)
    {
        List<string[]> cells = [.. rows.Take(most).Select(r => Cells(report, r, steps))];
        ProfileRow[] rest = [.. rows.Skip(most)];
        if (rest.Length > 0) cells.Add(Sum($"{rest.Length} more", rest.Sum(r => r.SelfSeconds), rest));
        cells.Add(Sum("in no operation", report.OtherSeconds, []));
        cells.Add(Sum("in the profile", report.ProfilingSeconds, []));
        cells.Add(Sum("all", report.Seconds, rows));
        return cells;

        string[] Sum(string name, double seconds, IReadOnlyCollection<ProfileRow> of) =>
        [
            name, "", "", "", Milliseconds(seconds / steps), Share(seconds / report.Seconds),
            Many((double)of.Sum(r => r.Flops) / steps), Many((double)of.Sum(r => r.Bytes) / steps), "", "", "",
        ];
    }

    public static string Of(ProfileReport report, int most)
    {
        var text = new StringBuilder();
        text.AppendLine(Summary(report)).AppendLine();
        Append(text, Heads("operation"), Cells(report, report.Operations, most));
        text.AppendLine();
        Append(text, Heads("module"), Cells(report, report.Modules, most));
        return text.ToString();
    }

    /// <summary>The period and its memory in two lines.</summary>
    public static string Summary(ProfileReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {report.Seconds * 1e3:0.000} ms, of which {report.OperationSeconds * 1e3:0.000} ms in operations; {report.Threads} threads; the roof is {report.Roof.Gflops:0} GFLOP/s and {report.Roof.GigabytesPerSecond:0.0} GB/s
        tensors held {Mib(report.Memory.LiveBytesBefore)} MiB before, {Mib(report.Memory.LiveBytesAfter)} MiB after, {Mib(report.Memory.PeakBytes)} MiB at most; {Mib(report.Memory.ManagedBytes)} MiB of managed objects were made
        """);

    static string[] Cells(ProfileReport report, ProfileRow row, int steps) =>
    [
        row.Name, Names.Snake($"{row.Phase}"), Calls((double)row.Calls / steps), Milliseconds(row.TotalSeconds / steps), Milliseconds(row.SelfSeconds / steps), Share(row.SelfSeconds / report.Seconds),
        Many((double)row.Flops / steps), Many((double)row.Bytes / steps), Rate(row.Gflops), Rate(row.GigabytesPerSecond), row.Flops + row.Bytes == 0 ? "" : Share(row.RoofShare(report.Roof), "0"),
    ];

    static void Append(StringBuilder text, string[] heads, IReadOnlyList<string[]> rows)
    {
        int[] widths = [.. heads.Select((head, i) => rows.Select(r => r[i].Length).Append(head.Length).Max())];
        foreach (string[] row in rows.Prepend(heads))
            text.AppendLine(string.Join("  ", row.Select((cell, i) => i < Words ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
    }

    static string Calls(double calls) => calls.ToString("#,0.#", CultureInfo.InvariantCulture);

    static string Milliseconds(double seconds) => (seconds * 1e3).ToString("#,0.000", CultureInfo.InvariantCulture);

    static string Share(double share, string format = "0.0") => (share * 100).ToString(format, CultureInfo.InvariantCulture) + " %";

    /// <summary>Three digits and a prefix: 6.18 G.</summary>
    static string Many(double count)
    {
        if (count == 0) return "";
        int thousands = 0;
        for (; count >= 999.5 && thousands < Prefixes.Length - 1; thousands++) count /= 1000;
        string format = count >= 99.95 ? "0" : thousands == 0 ? "0.#" : count >= 9.995 ? "0.0" : "0.00";
        return $"{count.ToString(format, CultureInfo.InvariantCulture)} {Prefixes[thousands]}".TrimEnd();
    }

    static string Rate(double rate) => rate == 0 ? "" : rate.ToString("#,0.0", CultureInfo.InvariantCulture);

    static string Mib(long bytes) => (bytes / (double)(1 << 20)).ToString("#,0.0", CultureInfo.InvariantCulture);
}
