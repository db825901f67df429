namespace Adjoint.Formats;

/// <summary>How many values lie between limits, with their smallest, greatest, sum and sum of squares.</summary>
/// <remarks>
/// Bucket <c>i</c> holds the values from <c>Limits[i − 1]</c> up to but not including <c>Limits[i]</c>; the first begins at <see cref="Min"/>, and the last ends with <see cref="Max"/>.
/// </remarks>
public sealed class Histogram
{
    // TensorBoard's own: each limit is a tenth above the one before, from 1e-12 to 1e20, mirrored below 0 (histogram.cc of TensorFlow).
    static readonly double[] Standard = StandardLimits();

    /// <summary>Takes what was counted elsewhere.</summary>
    /// <param name="min">The smallest value.</param>
    /// <param name="max">The greatest value.</param>
    /// <param name="sum">The sum of all values.</param>
    /// <param name="sumOfSquares">The sum of their squares.</param>
    /// <param name="limits">Where each bucket ends.</param>
    /// <param name="counts">How many values each bucket holds; parts of a value where values have weights.</param>
    /// <exception cref="ArgumentException">Limits and counts are not as many, or there is none; limits do not rise; a count is negative; a number is NaN.</exception>
    public Histogram(double min, double max, double sum, double sumOfSquares, IReadOnlyList<double> limits, IReadOnlyList<double> counts)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(counts);
        if (limits.Count == 0 || limits.Count != counts.Count) throw new ArgumentException($"histogram: there must be at least one bucket, with a limit and a count each, but there are {limits.Count} limits and {counts.Count} counts.");
        if (!(min <= max && double.IsFinite(min) && double.IsFinite(max))) throw new ArgumentException($"histogram: smallest and greatest value must be finite and in order, but they are {min} and {max}.");
        if (double.IsNaN(sum) || !(sumOfSquares >= 0)) throw new ArgumentException($"histogram: the sums must be numbers, that of squares not below 0, but they are {sum} and {sumOfSquares}.");
        for (int i = 0; i < limits.Count; i++)
        {
            if (double.IsNaN(limits[i]) || (i > 0 && !(limits[i] > limits[i - 1]))) throw new ArgumentException($"histogram: limits must rise, but limit {i} is {limits[i]}{(i > 0 ? $" and the one before is {limits[i - 1]}" : "")}.");
            if (!(counts[i] >= 0 && double.IsFinite(counts[i]))) throw new ArgumentException($"histogram: counts must be finite numbers not below 0, but count {i} is {counts[i]}.");
        }

        (Min, Max, Sum, SumOfSquares, Limits, Counts) = (min, max, sum, sumOfSquares, [.. limits], [.. counts]);
        Count = Counts.Sum();
    }

    /// <summary>The smallest value.</summary>
    public double Min { get; }

    /// <summary>The greatest value.</summary>
    public double Max { get; }

    /// <summary>How many values were counted: the sum of <see cref="Counts"/>.</summary>
    public double Count { get; }

    /// <summary>The sum of all values.</summary>
    public double Sum { get; }

    /// <summary>The sum of the squares of all values.</summary>
    public double SumOfSquares { get; }

    /// <summary>Where each bucket ends.</summary>
    public IReadOnlyList<double> Limits { get; }

    /// <summary>How many values each bucket holds.</summary>
    public IReadOnlyList<double> Counts { get; }

    /// <summary>How many elements of the tensor are NaN or infinite. They have no place on the axis and are in none of the other numbers.</summary>
    public long NotFinite { get; private init; }

    /// <summary>Counts the elements of a tensor in TensorBoard's buckets: limits 0 and ±1e-12·1.1ⁿ up to 1e20. Neighbouring empty buckets become one, and those before the first value and after the last are left out.</summary>
    /// <remarks>
    /// NaN and infinite elements are left out and counted in <see cref="NotFinite"/>; where nothing is left, the histogram is one empty bucket at 0.
    /// Sums are taken in F64, one element after another.
    /// </remarks>
    /// <param name="values">Any shape and element type; truth values count as 0 and 1.</param>
    public static Histogram Of(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        const long Piece = 1 << 16;
        long[] counts = new long[Standard.Length];
        (double min, double max, double sum, double squares, long notFinite) = (double.PositiveInfinity, double.NegativeInfinity, 0, 0, 0);
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("histogram");
        Tensor flat = values.Detach().Contiguous().Reshape(-1);
        for (long start = 0; start < flat.Elements; start += Piece)
        {
            using Scope piece = Scope.Begin("histogram");
            foreach (double value in flat.Slice(0, start, Math.Min(start + Piece, flat.Elements)).To(DType.F64).ToArray<double>())
            {
                if (!double.IsFinite(value))
                {
                    notFinite++;
                    continue;
                }

                (min, max) = (Math.Min(min, value), Math.Max(max, value));
                sum += value;
                squares += value * value;
                // A value on a limit belongs above it; nothing is above the greatest double.
                int at = Array.BinarySearch(Standard, value);
                counts[Math.Min(at < 0 ? ~at : at + 1, counts.Length - 1)]++;
            }
        }

        if (min > max) return new(0, 0, 0, 0, [double.MaxValue], [0]) { NotFinite = notFinite };
        (List<double> limits, List<double> shown) = Shorten(counts);
        return new(min, max, sum, squares, limits, shown) { NotFinite = notFinite };
    }

    static (List<double> Limits, List<double> Counts) Shorten(long[] counts)
    {
        (List<double> limits, List<double> shown) = ([], []);
        int last = Array.FindLastIndex(counts, c => c > 0);
        for (int i = Array.FindIndex(counts, c => c > 0); i <= last; i++)
        {
            if (counts[i] == 0) while (counts[i + 1] == 0) i++;
            limits.Add(Standard[i]);
            shown.Add(counts[i]);
        }

        return (limits, shown);
    }

    static double[] StandardLimits()
    {
        var above = new List<double>();
        for (double limit = 1e-12; limit < 1e20; limit *= 1.1) above.Add(limit);
        above.Add(double.MaxValue);
        return [.. Enumerable.Reverse(above).Select(l => -l), 0, .. above];
    }
}
