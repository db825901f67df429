using Xunit;

namespace Adjoint.Tests.Ops;

public class RopeTests
{
    static readonly RopeSettings Halves = new() { Pairs = RopePairs.Halves };

    static Tensor Draw(ulong seed, params ReadOnlySpan<long> shape) => new Generator(seed).Normal(Shape.Create(shape), dtype: DType.F64);

    [Fact]
    public void A_pair_turns_by_its_position()
    {
        Tensor x = Tensor.From([1.0, 0, 0, 2, 1, 0, 0, 2], [2, 4]);
        double[] expected = [Math.Cos(3), Math.Sin(3), -2 * Math.Sin(0.03), 2 * Math.Cos(0.03), Math.Cos(4), Math.Sin(4), -2 * Math.Sin(0.04), 2 * Math.Cos(0.04)];
        Assert.Equal(expected, x.Rope(position: 3).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-15);
    }

    [Theory, InlineData(RopePairs.Adjacent), InlineData(RopePairs.Halves)]
    public void The_gradient_is_the_rotation_back(RopePairs pairs)
    {
        RopeSettings settings = new() { Pairs = pairs, Scaling = new() };
        Tensor x = Draw(1, 2, 3, 5, 6).AsParameter(), seed = Draw(2, 2, 3, 5, 6);
        x.Rope(settings, 9).Backward(seed);
        Assert.Equal(new Adjoint.Ops.Rope(settings, 9, Inverse: true).Apply(seed).ToArray<double>(), x.Grad!.ToArray<double>());
        Tensor back = seed.Rope(settings, 9);
        Assert.Equal(seed.ToArray<double>(), new Adjoint.Ops.Rope(settings, 9, Inverse: true).Apply(back).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-14);
    }

    [Fact]
    public void Later_tokens_can_come_later_with_the_same_bits()
    {
        foreach (DType dtype in (DType[])[DType.F32, DType.F64, DType.BF16])
        {
            Tensor x = Draw(1, 2, 3, 40, 16).To(dtype);
            double[] whole = x.Rope(Halves)[.., .., 17..].To(DType.F64).ToArray<double>();
            Assert.Equal(whole, x[.., .., 17..].Rope(Halves, 17).To(DType.F64).ToArray<double>());
        }
    }

    [Fact]
    public void Layouts_differ_by_the_order_of_elements_only()
    {
        Tensor x = Draw(1, 3, 7, 10), order = Tensor.From([0L, 5, 1, 6, 2, 7, 3, 8, 4, 9]);
        Assert.Equal(x.Rope(Halves).IndexSelect(-1, order).ToArray<double>(), x.IndexSelect(-1, order).Rope().ToArray<double>());
    }

    [Fact]
    public void Products_of_queries_and_keys_depend_on_their_distance_alone()
    {
        Tensor q = Draw(1, 1, 8), k = Draw(2, 1, 8);
        double Product(long at, long distance) => (q.Rope(position: at + distance) * k.Rope(position: at)).Sum().Item();
        Assert.Equal(Product(0, 5), Product(1000, 5), 1e-12);
        Assert.True(Math.Abs(Product(0, 5) - Product(0, 6)) > 1e-3);
    }

    /// <summary>The published rule, in its own words of wavelengths, for a head of Llama 3.1 8B's kind.</summary>
    [Fact]
    public void Scaling_slows_the_slow_pairs_as_llama_does()
    {
        double[] frequencies = new RopeSettings { Theta = 500_000, Scaling = new(8, 1, 4, 8192) }.Frequencies(64);
        for (int i = 0; i < 32; i++)
        {
            double plain = Math.Pow(500_000, -i / 32.0), wavelength = 2 * Math.PI / plain, smooth = ((8192 / wavelength) - 1) / 3;
            double expected = wavelength < 2048 ? plain : wavelength > 8192 ? plain / 8 : ((1 - smooth) * plain / 8) + (smooth * plain);
            Assert.Equal(expected, frequencies[i], expected * 1e-14);
        }

        // Pairs 14, 15, 16 and 18: fast, two between, slow. From the same rule in Python.
        double[] numbers = [0.0032114459947525913, 0.0013718935677611381, 0.0005248461609929547, 7.78465527393245e-05];
        Assert.Equal(numbers, (double[])[frequencies[14], frequencies[15], frequencies[16], frequencies[18]], (a, b) => Math.Abs(a - b) < 1e-13 * a);
    }

    [Fact]
    public void A_head_of_odd_size_has_no_frequencies() =>
        Assert.Equal("rope: the size of a head must be even and positive, but it is 7.", Assert.Throws<ArgumentException>(() => new RopeSettings().Frequencies(7)).Message);
}
