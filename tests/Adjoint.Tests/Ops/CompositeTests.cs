using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Ops;

/// <summary>What the golden values do not say about operations made of others: edges, inverses, error sentences.</summary>
public class CompositeTests
{
    static Tensor Draw(Shape shape) => new Generator(3).Normal(shape, dtype: DType.F64);

    [Fact]
    public void Remainders_are_right_where_the_quotient_rounds_up()
    {
        // 1/0.1 rounds to 10, but 10·0.1 is a little more than 1.
        Assert.Equal(1 % 0.1, Tensor.Scalar(1, DType.F64).Fmod(0.1).Item());
        Assert.Equal(-1 % 0.1, Tensor.Scalar(-1, DType.F64).Fmod(0.1).Item());
        Assert.Equal(1 % 0.1, Tensor.Scalar(1, DType.F64).Remainder(0.1).Item());
        Assert.Equal(0.5, Tensor.Scalar(-3.5, DType.F64).Remainder(2).Item());
        Assert.Equal(-1.5, Tensor.Scalar(-3.5, DType.F64).Fmod(2).Item());
        Tensor odd = Tensor.From([(1L << 40) + 1]).Remainder(1L << 20);
        Assert.Equal(DType.I64, odd.DType);
        Assert.Equal([1L], odd.ToArray<long>());
    }

    [Fact]
    public void Nan_and_infinities_become_the_type_s_largest_numbers()
    {
        Tensor x = Tensor.From([double.NaN, double.PositiveInfinity, double.NegativeInfinity, 2]);
        Assert.Equal([0, double.MaxValue, double.MinValue, 2], x.NanToNum().ToArray<double>());
        Assert.Equal([0, float.MaxValue, float.MinValue, 2], x.To(DType.F32).NanToNum().ToArray<float>());
        Assert.Equal([1, 5, -6, 2], x.NanToNum(1, 5, -6).ToArray<double>());
        Assert.Equal([true, false, false, false], x.IsNan().ToArray<bool>());
        Assert.Equal([false, false, false, true], x.IsFinite().ToArray<bool>());
    }

    [Fact]
    public void Shuffling_pixels_back_gives_the_image()
    {
        Tensor x = Draw([2, 3, 6, 4]);
        Assert.Equal(x.ToArray<double>(), x.PixelUnshuffle(2).PixelShuffle(2).ToArray<double>());
    }

    [Fact]
    public void Folding_is_the_adjoint_of_unfolding()
    {
        Tensor x = Draw([2, 3, 7, 6]), patches = x.Unfold((3, 2), (2, 1), (1, 0), (1, 2)), y = Draw(patches.Shape);
        Assert.Equal((patches * y).Sum().Item(), (x * y.Fold((7, 6), (3, 2), (2, 1), (1, 0), (1, 2))).Sum().Item(), 1e-10);
    }

    [Fact]
    public void Of_equal_elements_in_a_box_the_first_receives_the_gradient()
    {
        Tensor x = Tensor.Ones([1, 1, 2, 2, 2], DType.F64).AsParameter();
        x.MaxPool3d([2]).Sum().Backward();
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void Layers_do_what_the_functions_do()
    {
        Tensor x = Draw([2, 6]).To(DType.F32);
        Assert.Equal(x.LeakyRelu(0.25).ToArray<float>(), new PRelu().Call(x).ToArray<float>());
        Assert.Equal(["Weight"], new PRelu(6).NamedParameters().Select(p => p.Name));
        Assert.Equal(x.Glu().ToArray<float>(), new Glu().Call(x).ToArray<float>());
    }

    [Fact]
    public void Misuses_are_told()
    {
        Tensor x = Draw([2, 3, 5]);
        Says<ShapeException>("glu: the axis must have an even size, but dim is -1 and x is [2, 3, 5].", () => x.Glu());
        Says<ShapeException>("p_relu: there must be one slope or one for each of the 3 channels, but there are 2 and x is [2, 3, 5].", () => x.PRelu(Tensor.Zeros([2])));
        Says<ArgumentException>("soft_shrink: lambda must not be negative, but it is -0.5.", () => x.SoftShrink(-0.5));
        Says<ShapeException>("max_pool1d: x must have the axes [N, C, L], but x is [2, 3].", () => Draw([2, 3]).MaxPool1d(2));
        Says<ShapeException>("avg_pool3d: x must have the axes [N, C, D, H, W], but x is [2, 3, 5].", () => x.AvgPool3d([2]));
        Says<ArgumentException>("max_pool3d: there must be one number for all axes or one for each of three, but there are 2.", () => x.MaxPool3d([2, 2]));
        Says<ShapeException>("local_response_norm: x must have the axes [N, C, …], but x is [2, 3].", () => Draw([2, 3]).LocalResponseNorm(3));
        Says<ShapeException>("pixel_shuffle: x must be [N, C, H, W] with C a multiple of 4, but x is [2, 3, 5].", () => x.PixelShuffle(2));
        Says<ShapeException>("pixel_unshuffle: x must be [N, C, H, W] with H and W multiples of 2, but x is [1, 1, 3, 4].", () => Draw([1, 1, 3, 4]).PixelUnshuffle(2));
        Says<ShapeException>("unfold: x must have the axes [N, C, H, W], but x is [2, 3, 5].", () => x.Unfold(2));
        Says<ShapeException>("unfold: the kernel must fit into the padded image, but an axis has 3 elements, the kernel 4, padding is 0 and dilation is 1.", () => Draw([1, 1, 3, 4]).Unfold(4));
        Says<ArgumentException>("unfold: kernel, stride and dilation must be at least 1 and padding at least 0, but they are 2, 0, 1 and 0.", () => Draw([1, 1, 3, 4]).Unfold(2, 0));
        Says<ShapeException>("fold: x must be [N, C·4, 9], but x is [2, 3, 5].", () => x.Fold(4, 2));
        Says<ShapeException>("rot90: the two axes must differ, but both are 1.", () => x.Rot90(1, 1, -2));
        Says<ShapeException>("diag_embed: x must have an axis, but it is a single value.", () => Tensor.Scalar(1).DiagEmbed());
        Says<ShapeException>("diag_embed: the two axes must be different ones from -4 to 3, but they are 1 and 1.", () => x.DiagEmbed(0, 1, 1));
        Says<ShapeException>("diag: x must be a vector or a matrix, but it is [2, 3, 5].", () => x.Diag());
        Says<ArgumentOutOfRangeException>("kth_value: k must be from 1 to 5, but it is 6.", () => x.KthValue(6));
        Says<ArgumentOutOfRangeException>("quantile: q must be from 0 to 1, but it is 1.5. (Parameter 'q')", () => x.Quantile(1.5));
        Says<ShapeException>("quantile: the axis must not be empty, but dim is 0 and x is [0].", () => Draw([0]).Quantile(0.5, 0));
        Says<ShapeException>("cdist: both must have the axes […, vectors, D] with the same D, but x is [2, 3, 5] and the other is [4, 2].", () => x.Cdist(Draw([4, 2])));
        Says<ShapeException>("multi_margin_loss: x must be [N, C] and the target [N], but they are [2, 3, 5] and [2].", () => x.MultiMarginLoss(Tensor.From([0L, 1])));
        Says<ArgumentException>("multi_margin_loss: p must be 1 or 2, but it is 3.", () => Draw([2, 3]).MultiMarginLoss(Tensor.From([0L, 1]), 3));
        Says<ShapeException>("soft_margin_loss: the target must have the shape of x, but x is [2, 3, 5] and the target is [2, 3]. Hint: Losses do not broadcast.", () => x.SoftMarginLoss(Draw([2, 3])));
        Says<ShapeException>("repeat_interleave: there must be a number of repeats for each position, but they are [2] and axis 1 of x is 3.", () => x.RepeatInterleave(Tensor.From([1L, 2]), 1));
        Says<ArgumentOutOfRangeException>("repeat_interleave: numbers of repeats must not be negative, but the smallest is -2. (Parameter 'repeats')", () => x.RepeatInterleave(Tensor.From([1L, -2]), 0));
    }

    static void Says<TException>(string sentence, Func<Tensor> act) where TException : Exception => Assert.Equal(sentence, Assert.Throws<TException>(act).Message);

    static void Says<TException>(string sentence, Func<(Tensor, Tensor)> act) where TException : Exception => Assert.Equal(sentence, Assert.Throws<TException>(() => act()).Message);
}
