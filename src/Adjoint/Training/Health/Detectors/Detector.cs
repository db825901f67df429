using System.Globalization;

namespace Adjoint.Training;

/// <summary>Looks for one sickness.</summary>
internal abstract class Detector
{
    /// <summary>A judgement needs so many steps.</summary>
    protected const int LeastSteps = 50;

    /// <summary>What was found; null where the training is healthy in this respect, or too young.</summary>
    public abstract Finding? Look(WatchHistory history);

    /// <summary>The mean losses of equal parts of the training, in order; empty where there are not two steps for each.</summary>
    protected static double[] Losses(WatchHistory history, int parts)
    {
        int count = history.Steps.Count;
        if (count < LeastSteps || count < 2 * parts) return [];
        return [.. Enumerable.Range(0, parts).Select(p => history.Steps.Skip(p * count / parts).Take(((p + 1) * count / parts) - (p * count / parts)).Average(s => s.Loss))];
    }

    /// <summary>The middle of the numbers that are numbers; NaN where there are none.</summary>
    protected static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(v => !double.IsNaN(v)).Order()];
        return sorted.Length == 0 ? double.NaN : sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The weights that signals pass through: their places in a sample, from the input to the output.</summary>
    protected static int[] Weights(WatchHistory history) => [.. Enumerable.Range(0, history.Parameters.Count).Where(i => history.Parameters[i].IsWeight)];

    /// <summary>What arrives at each layer with a weight on the way back, from the input to the output: the middle over the first fifth of the samples, and over the last.</summary>
    protected static IEnumerable<(string When, double[] Signals)> Signals(WatchHistory history, int[] weights)
    {
        int part = Math.Max(Math.Min(3, history.Samples.Count), history.Samples.Count / 5);
        if (part == 0) yield break;
        yield return ("in the beginning", Middle(history.Samples.Take(part)));
        yield return ("now", Middle(history.Samples.TakeLast(part)));

        double[] Middle(IEnumerable<LayerSample> samples) => [.. weights.Select(w => Median(samples.Select(s => (double)s.Parameters[w].Signal)))];
    }

    /// <summary>The middle of all weights' changes relative to their sizes, sample by sample; those that no gradient reaches have no say.</summary>
    protected static double[] Updates(WatchHistory history)
    {
        int[] weights = Weights(history);
        return [.. history.Samples.Select(s => Median(weights.Where(w => s.Parameters[w].Gradient > 0).Select(w => (double)s.Parameters[w].Update)))];
    }

    /// <summary>The samples that tell how things stand: the last fifth, at least three.</summary>
    protected static LayerSample[] Latest(WatchHistory history) => history.Samples.Count < 3 ? [] : [.. history.Samples.TakeLast(Math.Max(3, history.Samples.Count / 5))];

    protected static string Text(double value) => value.ToString("G3", CultureInfo.InvariantCulture);

    protected static string Percent(double share) => (share * 100).ToString("0", CultureInfo.InvariantCulture) + " %";

    /// <summary>The first names, and how many more there are.</summary>
    protected static string List(IReadOnlyList<string> items) => string.Join(", ", items.Take(4)) + (items.Count > 4 ? $" and {items.Count - 4} more" : "");
}
