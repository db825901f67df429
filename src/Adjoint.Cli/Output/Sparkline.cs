namespace Adjoint.Cli.Output;

/// <summary>A curve in one line of text.</summary>
internal static class Sparkline
{
    const string Heights = "▁▂▃▄▅▆▇█";

    /// <summary>The means of so many equal parts of the values as bars between the smallest and the largest of them; what is not finite is a gap.</summary>
    public static string Of(IReadOnlyList<double> values, int width)
    {
        int parts = Math.Min(width, values.Count);
        double[] means = [.. Enumerable.Range(0, parts).Select(p => values.Skip(p * values.Count / parts).Take(((p + 1) * values.Count / parts) - (p * values.Count / parts)).Average())];
        double[] finite = [.. means.Where(double.IsFinite)];
        if (finite.Length == 0) return "";
        (double low, double high) = (finite.Min(), finite.Max());
        return string.Concat(means.Select(m => !double.IsFinite(m) ? ' ' : high == low ? Heights[0] : Heights[(int)Math.Round((m - low) / (high - low) * (Heights.Length - 1))]));
    }
}
