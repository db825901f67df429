using Adjoint.Data;
using Xunit;

namespace Adjoint.Tests.Data;

public class TransformTests
{
    static Batch Images<T>(T[] values, Shape shape) where T : unmanaged => new(Tensor.From(values, shape), Tensor.Zeros([shape[0]], DType.I64));

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(333)]
    public void Bytes_become_floats(int count)
    {
        byte[] bytes = [.. Enumerable.Range(0, count).Select(i => (byte)(i * 7))];
        Batch batch = new ToFloat().Apply(Images(bytes, [1, count]), null);
        Assert.Equal(bytes.Select(b => b / 255f), batch.Inputs.ToArray<float>());
        Assert.Equal("to float: inputs must be U8, but they are F32.", Assert.Throws<DTypeException>(() => new ToFloat().Apply(batch, null)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ToFloat(0));
    }

    [Fact]
    public void Channels_are_normalised_each_by_its_own()
    {
        Batch images = Images([1f, 2f, 10f, 20f, 3f, 4f, 30f, 40f], [2, 2, 1, 2]);
        Assert.Equal([0f, 0.5f, 0f, 1f, 1f, 1.5f, 2f, 3f], new Normalize([1, 10], [2, 10]).Apply(images, null).Inputs.ToArray<float>());
        Batch columns = Images([1.0, 10, 3, 30], [2, 2]);
        Assert.Equal([0.0, 0, 1, 2], new Normalize([1, 10], [2, 10]).Apply(columns, null).Inputs.ToArray<double>());
        Batch single = Images([1f, 2f, 3f, 4f], [1, 2, 2]);
        Assert.Equal([0f, 1f, 2f, 3f], new Normalize([1], [1]).Apply(single, null).Inputs.ToArray<float>());
    }

    [Fact]
    public void Fitted_means_and_deviations_make_the_data_standard()
    {
        float[] values = [.. Enumerable.Range(0, 3 * 700).Select(i => i % 3 == 2 ? 5f : (i * 37 % 101) - (i % 3 * 1000f))];
        var set = new TensorDataset(Tensor.From(values, [700, 3]), Tensor.Zeros([700]));
        Normalize fitted = Normalize.Fit(set);
        double mean = values.Where((_, i) => i % 3 == 1).Average(v => (double)v);
        Assert.Equal(mean, fitted.Means[1], 1e-9 * Math.Abs(mean));
        Assert.Equal(Math.Sqrt(values.Where((_, i) => i % 3 == 1).Average(v => Math.Pow(v - mean, 2))), fitted.Deviations[1], 1e-9 * 1000);
        Assert.Equal((5, 1), (fitted.Means[2], fitted.Deviations[2]));
        var bytes = new TensorDataset(Tensor.From(new byte[] { 0, 255, 255, 0 }, [2, 1, 1, 2]), Tensor.Zeros([2]));
        Assert.Equal((0.5, 0.5), (Normalize.Fit(bytes, new ToFloat()).Means[0], Normalize.Fit(bytes, new ToFloat()).Deviations[0]));
    }

    [Fact]
    public void Normalising_has_its_sentences()
    {
        Assert.Equal("normalize: every channel must have a mean and a deviation, but there are 2 means and 1 deviations.", Assert.Throws<ArgumentException>(() => new Normalize([1, 2], [1])).Message);
        Assert.Equal("normalize: means must be finite and deviations above 0 and finite, but for channel 0 the mean is 1 and the deviation is 0.", Assert.Throws<ArgumentException>(() => new Normalize([1], [0])).Message);
        var normalize = new Normalize([1, 2, 3], [1, 1, 1]);
        Assert.Equal("normalize: inputs must have as many channels as there are means, but inputs are [1, 2] and there are 3 means.", Assert.Throws<ShapeException>(() => normalize.Apply(Images([1f, 2f], [1, 2]), null)).Message);
        Assert.Equal("normalize: inputs must be F32 or F64, but they are U8. Hint: put ToFloat before it.", Assert.Throws<DTypeException>(() => normalize.Apply(Images(new byte[] { 1, 2, 3 }, [1, 3]), null)).Message);
        Assert.Equal("normalize: inputs must have channels as axis 1, but inputs are [2].", Assert.Throws<ShapeException>(() => normalize.Apply(Images([1f, 2f], [2]), null)).Message);
        Assert.Equal("normalize: values must be finite, but the mean of channel 0 is NaN and its variance is NaN.", Assert.Throws<DataException>(() => Normalize.Fit(new TensorDataset(Tensor.From([float.NaN], [1, 1]), Tensor.Zeros([1])))).Message);
    }

    [Fact]
    public void Flipping_mirrors_rows_of_every_element_size()
    {
        var always = new RandomHorizontalFlip(1);
        Assert.Equal([3, 2, 1, 6, 5, 4], always.Apply(Images(new byte[] { 1, 2, 3, 4, 5, 6 }, [1, 2, 3]), new(0)).Inputs.ToArray<byte>());
        Assert.Equal([(Half)2, (Half)1], always.Apply(Images([(Half)1, (Half)2], [1, 1, 2]), new(0)).Inputs.ToArray<Half>());
        Assert.Equal([2f, 1f], always.Apply(Images([1f, 2f], [1, 1, 2]), new(0)).Inputs.ToArray<float>());
        Assert.Equal([2.0, 1.0], always.Apply(Images([1.0, 2.0], [1, 1, 2]), new(0)).Inputs.ToArray<double>());
        Assert.Equal([1f, 2f], new RandomHorizontalFlip(0).Apply(Images([1f, 2f], [1, 1, 2]), new(0)).Inputs.ToArray<float>());
        // Whole images flip, all channels together, about half of them.
        float[] images = [.. Enumerable.Range(0, 1000).SelectMany(_ => new[] { 1f, 2f, 3f, 4f })];
        float[] flipped = new RandomHorizontalFlip().Apply(Images(images, [1000, 2, 1, 2]), new(1)).Inputs.ToArray<float>();
        int count = 0;
        for (int i = 0; i < 4000; i += 4)
        {
            bool flip = flipped[i] == 2;
            Assert.Equal(flip ? [2f, 1f, 4f, 3f] : [1f, 2f, 3f, 4f], flipped[i..(i + 4)]);
            count += flip ? 1 : 0;
        }

        Assert.InRange(count, 420, 580);
        Assert.Equal("random horizontal flip: inputs must be images, [B, …, H, W], but inputs are [1, 2].", Assert.Throws<ShapeException>(() => always.Apply(Images([1f, 2f], [1, 2]), new(0))).Message);
    }

    [Fact]
    public void Cropping_shifts_every_channel_alike_and_fills_with_zeros()
    {
        const int H = 4, W = 5;
        float[] image = [.. Enumerable.Range(1, 2 * H * W).Select(i => (float)i)];
        var places = new HashSet<(int, int)>();
        float[] cropped = new RandomCrop(1).Apply(Images([.. Enumerable.Repeat(image, 200).SelectMany(i => i)], [200, 2, H, W]), new(2)).Inputs.ToArray<float>();
        for (int b = 0; b < 200; b++)
        {
            float[] one = cropped[(b * image.Length)..((b + 1) * image.Length)];
            (int, int)[] fitting = [.. from down in Enumerable.Range(-1, 3) from right in Enumerable.Range(-1, 3) where one.SequenceEqual(Shifted(down, right)) select (down, right)];
            places.Add(Assert.Single(fitting));
        }

        Assert.Equal(9, places.Count);
        Assert.Equal(2 * 3, new RandomCrop(9).Apply(Images(new byte[6], [1, 2, 3]), new(0)).Inputs.Elements);

        float[] Shifted(int down, int right) =>
        [
            .. from c in Enumerable.Range(0, 2) from y in Enumerable.Range(0, H) from x in Enumerable.Range(0, W)
               let inside = y + down is >= 0 and < H && x + right is >= 0 and < W
               select inside ? image[(((c * H) + y + down) * W) + x + right] : 0,
        ];
    }

    [Fact]
    public void Random_transforms_draw_apart_from_each_other_and_from_batch_to_batch()
    {
        var drawn = new List<double>();
        EachBatch draw = new((batch, random) => { drawn.Add(random.NextDouble()); return batch; });
        var loader = new DataLoader(Sets.Numbered(8), 2, transforms: [draw, draw], random: new Generator(1));
        Assert.Equal(8, loader.RunForever(TestContext.Current.CancellationToken).Take(8).Count());
        Assert.Equal(16, drawn.Distinct().Count());
    }
}
