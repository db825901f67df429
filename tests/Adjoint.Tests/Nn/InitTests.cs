using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Nn;

public class InitTests
{
    const int Out = 200, In = 30;
    static readonly Shape Weight = [Out, In, 3, 3];
    const double FanIn = In * 9, FanOut = Out * 9;

    static (double Mean, double Deviation, double Least, double Most) Of(Tensor tensor)
    {
        double[] values = tensor.To(DType.F64).ToArray<double>();
        double mean = values.Average();
        return (mean, Math.Sqrt(values.Average(v => (v - mean) * (v - mean))), values.Min(), values.Max());
    }

    public static TheoryData<string, double, bool> Laws => new()
    {
        { "he normal", Math.Sqrt(2 / FanIn), false },
        { "he normal out", Math.Sqrt(2 / FanOut), false },
        { "he uniform tanh", 5.0 / 3 / Math.Sqrt(FanIn), true },
        { "xavier normal", Math.Sqrt(2 / (FanIn + FanOut)), false },
        { "xavier uniform", Math.Sqrt(2 / (FanIn + FanOut)), true },
        { "lecun normal", Math.Sqrt(1 / FanIn), false },
        { "lecun uniform", Math.Sqrt(1 / FanIn), true },
        { "layer default", Math.Sqrt(1 / (3 * FanIn)), true },
    };

    [Theory, MemberData(nameof(Laws))]
    public void Mean_and_deviation_are_those_of_the_law(string law, double deviation, bool uniform)
    {
        var random = new Generator(42);
        Tensor tensor = law switch
        {
            "he normal" => Init.HeNormal(random, Weight),
            "he normal out" => Init.HeNormal(random, Weight, FanMode.Out),
            "he uniform tanh" => Init.HeUniform(random, Weight, gain: Gain.Tanh),
            "xavier normal" => Init.XavierNormal(random, Weight),
            "xavier uniform" => Init.XavierUniform(random, Weight),
            "lecun normal" => Init.LeCunNormal(random, Weight),
            "lecun uniform" => Init.LeCunUniform(random, Weight),
            _ => Init.LayerDefault(random, Weight, (long)FanIn),
        };
        (double mean, double actual, double least, double most) = Of(tensor);
        double n = Math.Sqrt(Weight.Elements);
        Assert.Equal(0, mean, 5 * deviation / n);
        Assert.Equal(deviation, actual, 5 * deviation / n);
        double bound = deviation * Math.Sqrt(3);
        if (!uniform) Assert.True(most > 3 * deviation && least < -3 * deviation);
        else
        {
            Assert.InRange(least, -bound * 1.000001, -bound * 0.999);
            Assert.InRange(most, bound * 0.999, bound * 1.000001);
        }
    }

    [Fact]
    public void Fans_and_gains_are_the_field_s()
    {
        Assert.Equal(new Fans(270, 1800), Fans.Of(Weight));
        Assert.Equal(new Fans(7, 5), Fans.Of([5, 7]));
        Assert.Equal(Math.Sqrt(2 / 1.04), Gain.LeakyRelu(0.2), 1e-15);
        Assert.Equal("init: fans need a weight of at least two axes, [out, in, kernel…], but the shape is [3].", Assert.Throws<ShapeException>(() => Init.HeNormal(new(1), [3])).Message);
    }

    [Theory]
    [InlineData(20, 50)]
    [InlineData(50, 20)]
    [InlineData(30, 30)]
    public void Orthogonal_vectors_stand_at_right_angles(int rows, int columns)
    {
        double[] w = Init.Orthogonal(new(5), [rows, columns / 2, 2], 3, DType.F64).ToArray<double>();
        int count = Math.Min(rows, columns), length = Math.Max(rows, columns);
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                double dot = 0;
                for (int k = 0; k < length; k++) dot += rows <= columns ? w[(i * columns) + k] * w[(j * columns) + k] : w[(k * columns) + i] * w[(k * columns) + j];
                Assert.Equal(i == j ? 9 : 0, dot, 1e-12);
            }
        }
    }

    [Fact]
    public void Truncated_normal_numbers_stay_inside_and_have_the_law_s_moments()
    {
        (double mean, double deviation, double least, double most) = Of(Init.TruncatedNormal(new(9), [200_000], 1, 0.5, dtype: DType.F64));
        Assert.Equal(1, mean, 0.005);
        Assert.Equal(0.5 * 0.87962566, deviation, 0.003);
        Assert.InRange(least, 0, 0.01);
        Assert.InRange(most, 1.99, 2);
    }

    [Fact]
    public void Truncation_far_out_in_the_tail_still_draws_the_tail()
    {
        // E[x | x > 8] = φ(8)/Φ(−8) = 8.121368…
        (double mean, _, double least, double most) = Of(Init.TruncatedNormal(new(9), [100_000], low: 8, high: 40, dtype: DType.F64));
        Assert.Equal(8.121368, mean, 0.003);
        Assert.True(least >= 8 && most < 11);
        Assert.Throws<ArgumentException>(() => Init.TruncatedNormal(new(1), [2], low: 1, high: 1));
        Assert.Throws<ArgumentException>(() => Init.TruncatedNormal(new(1), [2], low: 100, high: 101));
    }

    [Fact]
    public void The_quantile_inverts_the_distribution()
    {
        // Above zero p itself is near 1 and holds fewer of z's digits.
        foreach (double z in new[] { -8, -5.5, -3, -1.3, -0.4, 0, 0.2, 0.9, 2, 4 })
            Assert.Equal(z, Quantile.Normal(Quantile.Below(z)), z > 3 ? 1e-11 : 1e-13);
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights()
    {
        Assert.Equal(Init.HeNormal(new(3), [4, 5]).ToArray<float>(), Init.HeNormal(new(3), [4, 5]).ToArray<float>());
    }
}
