using Xunit;

namespace Adjoint.Tests.Tensors;

/// <summary>Numbers beside tensors, and numbers drawn: none may silently become another one.</summary>
public class NumberTests
{
    [Fact]
    public void A_number_that_integers_cannot_hold_widens_the_result_instead_of_wrapping_around()
    {
        Tensor bytes = Tensor.From(new byte[] { 255, 2 });
        Assert.Equal([555, 302], (bytes + 300).ToArray<int>());
        Assert.Equal([-255, -2], (bytes * -1).ToArray<int>());
        Assert.Equal([false, false], bytes.EqualTo(-1).ToArray<bool>());
        Assert.Equal([true, true], (bytes < 300).ToArray<bool>());
        Assert.Equal([3_000_000_001L, 3_000_000_002L], (Tensor.From([1, 2]) + 3e9).ToArray<long>());
        Assert.Equal([true, true], (Tensor.From([1L, long.MaxValue]) < double.PositiveInfinity).ToArray<bool>());
    }

    [Fact]
    public void A_number_that_integers_can_hold_keeps_their_type()
    {
        Assert.Equal(DType.U8, (Tensor.Zeros([1], DType.U8) + 255).DType);
        Assert.Equal(DType.I32, (Tensor.Zeros([1], DType.I32) - 1).DType);
        Assert.Equal(DType.I64, (Tensor.Zeros([1], DType.I64) * 2).DType);
        Assert.Equal(DType.F32, (Tensor.Zeros([1], DType.I64) * 0.5).DType);
    }

    [Fact]
    public void A_number_beside_a_half_type_is_not_rounded_to_it()
    {
        Tensor half = Tensor.From([(Half)0.001, (Half)60000]).AsParameter();
        Tensor large = half[..1] * 1e6, small = half[1..] / 1e6;
        Assert.Equal(DType.F16, large.DType);
        Assert.Equal(1000, large.Item(), 1.0);
        Assert.Equal(0.06, small.Item(), 1e-4);
        large.Backward(Tensor.From([(Half)0.01]));
        Assert.Equal(DType.F16, half.Grad!.DType);
        Assert.Equal(10_000, half.Grad[0].Item(), 10.0);

        Tensor brain = Tensor.Ones([1], DType.BF16);
        Assert.Equal(1, (brain < 1.001).Item());
        Assert.Equal(DType.BF16, (brain + 1).DType);
        Assert.Equal(DType.F32, (brain + Tensor.Ones([1])).DType);
    }

    [Theory, InlineData(DType.F32), InlineData(DType.BF16), InlineData(DType.F16), InlineData(DType.F64)]
    public void Uniform_numbers_stay_below_the_end_of_their_range_in_every_type(DType dtype)
    {
        foreach ((double low, double high) in new[] { (0.0, 1.0), (-1, -0.3), (-1, 0), (2, 3) })
        {
            // BF16 would round one number in 512 to the end, F32 one in 2^25: the first of this stream.
            Tensor numbers = new Generator(1) { State = (1, 0, 27392119) }.Uniform([1 << 12], low, high, dtype);
            Assert.True(numbers.To(DType.F64).Amax().Item() < high);
        }
    }

    [Fact]
    public void Integers_that_the_type_cannot_hold_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new Generator(1).Integers([2], 0, 1000, DType.U8));
        Assert.Equal("integers: the element type must hold them all, but low is 0, high is 1000 and the type is U8.", error.Message);
        Assert.Equal(DType.U8, new Generator(1).Integers([2], 0, 256, DType.U8).DType);
    }

    [Fact]
    public void An_endless_range_is_refused()
    {
        Assert.StartsWith("arange: start and end must be finite, but start is 0 and end is ", Assert.Throws<ArgumentException>(() => Tensor.Arange(0, double.PositiveInfinity)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Tensor.Arange(0, double.NaN));
    }

    [Fact]
    public void A_truth_value_is_whether_a_number_is_not_zero()
    {
        Assert.Equal([true], Tensor.Full([1], 0.5, DType.Bool).ToArray<bool>());
        Assert.Equal([true], Tensor.From([0.5]).To(DType.Bool).ToArray<bool>());
    }

    [Fact]
    public void A_single_value_has_no_axes_to_name() =>
        Assert.Equal("softmax: dim must be an axis of x, but dim is 0 and x is [], a single value without axes.", Assert.Throws<ShapeException>(() => Tensor.Scalar(1).Softmax(0)).Message);
}
