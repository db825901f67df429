using Adjoint.Formats;
using Xunit;

namespace Adjoint.Tests.Formats.TensorBoard;

/// <summary>Histograms against plain loops.</summary>
public class HistogramTests
{
    [Theory]
    [InlineData(DType.F64)]
    [InlineData(DType.F32)]
    [InlineData(DType.BF16)]
    [InlineData(DType.F16)]
    [InlineData(DType.I32)]
    public void Counts_and_sums_are_those_of_plain_loops(DType dtype)
    {
        // More than one piece, strided, over many sizes, with zeros.
        var random = new Generator(5);
        Tensor exponents = random.Uniform([300, 301], -6, 4, DType.F64), wide = random.Normal([300, 301], dtype: DType.F64) * (exponents * Math.Log(10)).Exp();
        wide[..3] = Tensor.Scalar(0.0, DType.F64);
        Tensor values = wide.To(dtype).Permute(1, 0);
        double[] all = values.To(DType.F64).ToArray<double>();
        var histogram = Histogram.Of(values);
        (double sum, double squares) = (0, 0);
        foreach (double v in all) (sum, squares) = (sum + v, squares + (v * v));
        Assert.Equal((all.Min(), all.Max(), all.Length, sum, squares, 0L), (histogram.Min, histogram.Max, histogram.Count, histogram.Sum, histogram.SumOfSquares, histogram.NotFinite));
        Assert.Equal(all.Length, histogram.Counts.Sum());
        for (int i = 0; i < histogram.Counts.Count; i++)
        {
            double from = i == 0 ? double.NegativeInfinity : histogram.Limits[i - 1], to = histogram.Limits[i];
            Assert.Equal(all.Count(v => v >= from && v < to), histogram.Counts[i]);
            // Empty buckets are gathered, and none is at an end.
            if (histogram.Counts[i] == 0) Assert.True(i > 0 && i < histogram.Counts.Count - 1 && histogram.Counts[i - 1] > 0 && histogram.Counts[i + 1] > 0);
        }
    }

    [Fact]
    public void Limits_grow_by_a_tenth_from_a_millionth_of_a_millionth()
    {
        var limits = new List<double>();
        for (double v = 1e-12; v < 1e20; v *= 1.1) limits.Add(v);
        // A value on a limit is counted above it: one value on each limit fills every bucket but the first.
        var above = Histogram.Of(Tensor.From(limits.ToArray()));
        Assert.Equal([.. limits.Skip(1), double.MaxValue], above.Limits);
        Assert.All(above.Counts, c => Assert.Equal(1, c));
        double[] mirrored = [.. limits.Select(v => -v).Reverse()];
        var below = Histogram.Of(Tensor.From([.. mirrored, 0, -0.0]));
        Assert.Equal([.. mirrored.Skip(1), 0, limits[0]], below.Limits);
        Assert.Equal([.. mirrored.Select(_ => 1.0), 2], below.Counts);
    }

    [Fact]
    public void The_ends_of_the_axis_are_inside()
    {
        var histogram = Histogram.Of(Tensor.From([double.MinValue, double.MaxValue, 1e-300]));
        Assert.Equal((double.MinValue, double.MaxValue, 3, double.PositiveInfinity), (histogram.Min, histogram.Max, histogram.Count, histogram.SumOfSquares));
        Assert.Equal([1, 0, 1, 0, 1], histogram.Counts);
        Assert.Equal(double.MaxValue, histogram.Limits[^1]);
    }

    [Fact]
    public void What_is_not_finite_is_left_out_and_counted()
    {
        var histogram = Histogram.Of(Tensor.From([float.NaN, 2, float.PositiveInfinity, 2, float.NegativeInfinity]));
        Assert.Equal((2, 2, 2, 4, 8, 3L), (histogram.Min, histogram.Max, histogram.Count, histogram.Sum, histogram.SumOfSquares, histogram.NotFinite));
        foreach (Tensor nothing in (Tensor[])[Tensor.From([float.NaN]), Tensor.Zeros([0])])
        {
            histogram = Histogram.Of(nothing);
            Assert.Equal((0, 0, 0, nothing.Elements), (histogram.Min, histogram.Max, histogram.Count, histogram.NotFinite));
            Assert.Equal((double.MaxValue, 0), (Assert.Single(histogram.Limits), Assert.Single(histogram.Counts)));
        }
    }

    [Fact]
    public void A_parameter_is_only_read()
    {
        Tensor weight = Tensor.From([1f, 2]).AsParameter();
        Assert.Equal(2, Histogram.Of(weight).Count);
        Assert.True(weight.IsLeaf && weight.Grad is null);
    }

    [Fact]
    public void Misuse_has_its_sentence()
    {
        Says("histogram: there must be at least one bucket, with a limit and a count each, but there are 0 limits and 0 counts.", () => new(0, 1, 0, 0, [], []));
        Says("histogram: there must be at least one bucket, with a limit and a count each, but there are 2 limits and 1 counts.", () => new(0, 1, 0, 0, [1, 2], [1]));
        Says("histogram: smallest and greatest value must be finite and in order, but they are 2 and 1.", () => new(2, 1, 0, 0, [1], [1]));
        Says("histogram: smallest and greatest value must be finite and in order, but they are NaN and 1.", () => new(double.NaN, 1, 0, 0, [1], [1]));
        Says("histogram: the sums must be numbers, that of squares not below 0, but they are 0 and -1.", () => new(0, 1, 0, -1, [1], [1]));
        Says("histogram: limits must rise, but limit 1 is 1 and the one before is 1.", () => new(0, 1, 0, 0, [1, 1], [1, 1]));
        Says("histogram: limits must rise, but limit 0 is NaN.", () => new(0, 1, 0, 0, [double.NaN], [1]));
        Says("histogram: counts must be finite numbers not below 0, but count 0 is -1.", () => new(0, 1, 0, 0, [1], [-1]));

        static void Says(string sentence, Func<Histogram> make) => Assert.Equal(sentence, Assert.Throws<ArgumentException>(make).Message);
    }
}
