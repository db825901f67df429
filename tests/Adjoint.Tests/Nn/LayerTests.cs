using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Nn;

public class LayerTests
{
    [Fact]
    public void Linear_starts_within_its_bound_and_maps_the_last_axis()
    {
        var layer = new Linear(4, 3, new(1), dtype: DType.F64);
        Assert.All(layer.Weight.ToArray<double>().Concat(layer.Bias!.ToArray<double>()), v => Assert.InRange(v, -0.5, 0.5));
        Tensor x = new Generator(2).Normal([2, 5, 4], dtype: DType.F64), y = layer.Call(x);
        Assert.Equal([2, 5, 3], y.Shape);
        double[] w = layer.Weight.ToArray<double>(), b = layer.Bias!.ToArray<double>(), values = x.ToArray<double>(), actual = y.ToArray<double>();
        for (int i = 0; i < 30; i++)
        {
            double sum = b[i % 3];
            for (int j = 0; j < 4; j++) sum += values[(i / 3 * 4) + j] * w[(i % 3 * 4) + j];
            Assert.Equal(sum, actual[i], 1e-12);
        }

        Assert.Null(new Linear(4, 3, new(1), bias: false).Bias);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Linear(0, 3, new(1)));
    }

    [Fact]
    public void Linear_takes_weights_that_are_there_and_shares_those_of_another_layer()
    {
        var table = new Embedding(5, 3, new(1));
        var tied = new Linear(table.Weight);
        Assert.Same(table.Weight, tied.Weight);
        Assert.Null(tied.Bias);
        Linear own = new(Tensor.Ones([2, 3]), Tensor.Zeros([2]));
        Assert.True(own.Weight.IsParameter && own.Bias!.IsParameter);
        Assert.Equal([6f, 6], own.Call(Tensor.From([1f, 2, 3])).ToArray<float>());
        own.Weight.Freeze();
        Assert.True(new Linear(own.Weight).Weight.IsFrozen);
        Assert.Equal("linear: weight must have the axes [out, in], but weight is [3].", Assert.Throws<ShapeException>(() => new Linear(Tensor.Zeros([3]))).Message);
        Assert.Equal("linear: bias must have one element for each row of weight, but bias is [3] and weight is [2, 3].", Assert.Throws<ShapeException>(() => new Linear(Tensor.Zeros([2, 3]), Tensor.Zeros([3]))).Message);
    }

    [Fact]
    public void Layer_norm_may_have_a_weight_alone()
    {
        var layer = new LayerNorm([4], bias: false);
        Assert.Equal(["Weight"], layer.State().Keys);
        Tensor x = new Generator(1).Normal([3, 4]);
        Assert.Equal(new LayerNorm([4]).Call(x).ToArray<float>(), layer.Call(x).ToArray<float>());
    }

    [Fact]
    public void Convolution_layers_know_their_shapes()
    {
        var layer = new Conv2d(4, 6, (3, 5), new(1), stride: 2, padding: (1, 2), groups: 2);
        Assert.Equal([6, 2, 3, 5], layer.Weight.Shape);
        Assert.Equal([1, 6, 4, 5], layer.Call(Tensor.Ones([1, 4, 8, 10])).Shape);
        Assert.Equal("conv2d: groups must divide the channels and the filters, but groups is 2, there are 3 channels and 4 filters.", Assert.Throws<ShapeException>(() => new Conv2d(3, 4, 3, new(1), groups: 2)).Message);
    }

    [Fact]
    public void Batch_norm_normalises_a_batch_and_remembers_it()
    {
        var layer = new BatchNorm(2, dtype: DType.F64);
        // Channel 0 holds 1, 3, 5, 7: mean 4, variance 5, unbiased 20/3. Channel 1 holds −1 four times.
        Tensor x = Tensor.From([1.0, 3, -1, -1, 5, 7, -1, -1], [2, 2, 2]);
        double[] y = layer.Call(x).ToArray<double>(), s = [1 / Math.Sqrt(5 + 1e-5)];
        double[] expected = [-3 * s[0], -1 * s[0], 0, 0, 1 * s[0], 3 * s[0], 0, 0];
        Assert.All(y.Zip(expected), p => Assert.Equal(p.Second, p.First, 1e-12));
        Assert.All(layer.RunningMean.ToArray<double>().Zip([0.4, -0.1]), p => Assert.Equal(p.Second, p.First, 1e-12));
        Assert.All(layer.RunningVariance.ToArray<double>().Zip([0.9 + (0.1 * 20 / 3), 0.9]), p => Assert.Equal(p.Second, p.First, 1e-12));

        layer.Eval();
        Assert.Equal((1 - 0.4) / Math.Sqrt(0.9 + (2.0 / 3) + 1e-5), layer.Call(x).ToArray<double>()[0], 1e-12);
        Assert.Equal(0.4, layer.RunningMean.ToArray<double>()[0], 1e-12);
        layer.Train();
        Assert.Equal("batch norm: a batch in training needs more than one value for each channel, but x is [1, 2]. Hint: larger batches, or Eval().", Assert.Throws<ShapeException>(() => layer.Call(Tensor.Zeros([1, 2], DType.F64))).Message);
        Assert.Equal("batch norm: x must be [N, 2, …], but it is [4, 3].", Assert.Throws<ShapeException>(() => layer.Call(Tensor.Zeros([4, 3], DType.F64))).Message);
    }

    [Fact]
    public void Norms_over_the_last_axes_agree_with_their_formulas()
    {
        Tensor x = new Generator(4).Normal([3, 4, 5], 2, 3, DType.F64);
        double[] all = x.ToArray<double>(), layer = new LayerNorm([4, 5], dtype: DType.F64).Call(x).ToArray<double>(), rms = new RmsNorm(5, dtype: DType.F64).Call(x).ToArray<double>();
        for (int i = 0; i < all.Length; i++)
        {
            double[] block = all[(i / 20 * 20)..((i / 20 * 20) + 20)], row = all[(i / 5 * 5)..((i / 5 * 5) + 5)];
            double mean = block.Average(), variance = block.Average(v => (v - mean) * (v - mean));
            Assert.Equal((all[i] - mean) / Math.Sqrt(variance + 1e-5), layer[i], 1e-12);
            Assert.Equal(all[i] / Math.Sqrt(row.Average(v => v * v) + 1e-6), rms[i], 1e-12);
        }

        Assert.Equal("layer norm: x must end with the axes [4, 5], but it is [5].", Assert.Throws<ShapeException>(() => new LayerNorm([4, 5]).Call(Tensor.Zeros([5]))).Message);
        Assert.Equal("rms norm: x's last axis must have size 5, but x is [5, 4].", Assert.Throws<ShapeException>(() => new RmsNorm(5).Call(Tensor.Zeros([5, 4]))).Message);
    }

    [Fact]
    public void Dropout_drops_its_share_and_replays_from_its_stream()
    {
        var layer = new Dropout(0.3, new(5));
        Tensor x = Tensor.Ones([100_003]).AsParameter();
        var before = layer.Random.State;
        Tensor y = layer.Call(x);
        float[] first = y.ToArray<float>(), second = layer.Call(x).ToArray<float>();
        Assert.Equal(0.3, first.Count(v => v == 0) / 100_003.0, 0.008);
        Assert.All(first.Where(v => v != 0), v => Assert.Equal(1 / 0.7f, v, 1e-6f));
        Assert.NotEqual(first, second);
        layer.Random.State = before;
        Assert.Equal(first, layer.Call(x).ToArray<float>());

        y.Sum().Backward();
        Assert.Equal(first, x.Grad!.ToArray<float>());
        Assert.Equal(0, y.Producer!.SavedBytes);
        layer.Eval();
        Assert.Equal(x.ToArray<float>(), layer.Call(x).ToArray<float>());
        Assert.NotEqual(new Dropout(0.3, layer.Random).Random.State, new Dropout(0.3, layer.Random).Random.State);
    }

    [Fact]
    public void Embedding_keeps_its_padding_row_at_zero()
    {
        var layer = new Embedding(5, 3, new(1), paddingIndex: 2);
        Tensor y = layer.Call(Tensor.From([2L, 4]));
        Assert.Equal([0f, 0f, 0f], y.ToArray<float>()[..3]);
        Assert.Equal(layer.Weight.ToArray<float>()[12..], y.ToArray<float>()[3..]);
        y.Sum().Backward();
        Assert.Equal(3, layer.Weight.Grad!.ToArray<float>().Sum());
        Assert.Throws<ArgumentOutOfRangeException>(() => new Embedding(5, 3, new(1), paddingIndex: 5));
    }

    [Fact]
    public void Sequences_number_their_layers()
    {
        var random = new Generator(1);
        Sequential net = [new Linear(2, 3, random), new Tanh(), new Residual(new Linear(3, 3, random, bias: false))];
        Assert.Equal(["0.Weight", "0.Bias", "2.Body.Weight"], net.NamedParameters().Select(p => p.Name));
        Assert.Equal(["", "0", "1", "2", "2.Body"], net.NamedModules().Select(m => m.Name));
        Assert.Equal(3, net.Count);
        Assert.Equal([4, 3], net.Call(Tensor.Ones([4, 2])).Shape);
    }

    [Fact]
    public void Wrong_compositions_are_told_plainly()
    {
        var random = new Generator(1);
        Assert.Equal("residual: body and shortcut must give the same shape, but the body gives [4, 3] and the shortcut [4, 2].", Assert.Throws<ShapeException>(() => new Residual(new Linear(2, 3, random)).Call(Tensor.Ones([4, 2]))).Message);
        var hidden = new Linear(2, 2, random);
        Assert.Equal(
            "module: what a module trains and saves is found through its fields, but a Linear is held only by an object or closure in 'Function' of Lambda. Hint: keep it in a field of the module, in an array, list, dictionary or tuple.",
            Assert.Throws<GraphException>(() => new Lambda(x => hidden.Call(x)).Call(Tensor.Ones([1, 2]))).Message);
        Assert.Equal([3f], new Lambda(x => x + 1).Call(Tensor.Full([1], 2)).ToArray<float>());
    }
}
