using Xunit;

namespace Adjoint.Tests.Ops;

public class SamplingTests
{
    const int Draws = 40_000;

    static readonly double[] Weights = [0, 1, 3, 0, 4, 2, 0];

    // Five standard deviations of a count; the seeds are fixed, so that this never changes from run to run.
    static void AssertFrequencies(IEnumerable<long> drawn)
    {
        double[] counts = new double[Weights.Length];
        foreach (long place in drawn) counts[place]++;
        for (int i = 0; i < counts.Length; i++)
        {
            double p = Weights[i] / 10;
            Assert.Equal(p * Draws, counts[i], 5 * Math.Sqrt(Draws * p * (1 - p)));
        }
    }

    [Fact]
    public void Draws_with_replacement_have_the_weights_frequencies() =>
        AssertFrequencies(new Generator(1).Multinomial(Tensor.From(Weights), Draws, replacement: true).ToArray<long>());

    [Fact]
    public void First_draws_without_replacement_have_the_weights_frequencies()
    {
        Tensor drawn = new Generator(2).Multinomial(Tensor.From(Weights).Expand([Draws, 7]), 4);
        Assert.Equal([Draws, 4], drawn.Shape);
        AssertFrequencies(drawn[.., 0].ToArray<long>());
        Assert.All(drawn.ToArray<long>().Chunk(4).Take(100), row => Assert.Equal([1L, 2, 4, 5], row.Order()));
    }

    [Fact]
    public void Categorical_draws_have_the_softmax_s_frequencies()
    {
        Tensor logits = Tensor.From(Weights).Log() + 3;
        AssertFrequencies(new Generator(3).Categorical(logits.Expand([Draws, 7])).ToArray<long>());
        Assert.Equal(Shape.Scalar, new Generator(3).Categorical(logits).Shape);
    }

    [Fact]
    public void The_same_stream_draws_the_same()
    {
        Tensor w = Tensor.From(Weights);
        Assert.Equal(new Generator(5).Multinomial(w, 9, true).ToArray<long>(), new Generator(5).Multinomial(w, 9, true).ToArray<long>());
        var random = new Generator(5);
        Assert.NotEqual(random.Multinomial(w, 9, true).ToArray<long>(), random.Multinomial(w, 9, true).ToArray<long>());
    }

    [Fact]
    public void Misuse_is_told_plainly()
    {
        var random = new Generator(1);
        Assert.Equal("multinomial: weights must be [n] or [B, n], but they are [].", Assert.Throws<ShapeException>(() => random.Multinomial(Tensor.Scalar(1), 1)).Message);
        Assert.Equal("multinomial: weights must be finite and not negative, but one in row 0 is -1.", Assert.Throws<ArgumentException>(() => random.Multinomial(Tensor.From([1.0, -1]), 1)).Message);
        Assert.Equal("multinomial: a row needs as many positive weights as are drawn from it, but 2 are drawn and row 0 has 1.", Assert.Throws<ArgumentException>(() => random.Multinomial(Tensor.From([1.0, 0]), 2)).Message);
        Assert.Equal("categorical: logits must be [..., n] with n at least 1, but they are [3, 0].", Assert.Throws<ShapeException>(() => random.Categorical(Tensor.Zeros([3, 0]))).Message);
        Assert.Equal("categorical: logits must be floating-point numbers, but they are I64.", Assert.Throws<DTypeException>(() => random.Categorical(Tensor.Zeros([3], DType.I64))).Message);
    }
}
