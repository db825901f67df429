using Xunit;

namespace Adjoint.Tests.Ops;

public class AttentionTests
{
    static Tensor Draw(ulong seed, params ReadOnlySpan<long> shape) => new Generator(seed).Normal(Shape.Create(shape), dtype: DType.F64);

    [Fact]
    public void Gradients_agree_with_finite_differences()
    {
        Tensor q = Draw(1, 2, 4, 3, 5), k = Draw(2, 2, 2, 6, 5), v = Draw(3, 2, 2, 6, 7), bias = Draw(4, 1, 4, 3, 6);
        double error = GradientCheck.FirstOrder(x => [x[0].ScaledDotProductAttention(x[1], x[2], x[3], isCausal: true, scale: 0.7)], [q, k, v, bias], _ => true);
        Assert.True(error < 1e-6, $"{error}");
        error = GradientCheck.SecondOrder(x => [x[0].ScaledDotProductAttention(x[1], x[2], x[3])], [q, k, v, bias], _ => true);
        Assert.True(error < 1e-5, $"{error}");
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Shared_heads_are_heads_repeated(bool perHead)
    {
        Tensor q = Draw(1, 2, 6, 3, 4), k = Draw(2, 2, 2, 5, 4), v = Draw(3, 2, 2, 5, 4), bias = Draw(4, 1, perHead ? 6 : 1, 3, 5);
        double[] shared = q.ScaledDotProductAttention(k, v, bias).ToArray<double>();
        double[] repeated = q.ScaledDotProductAttention(k.RepeatInterleave(3, 1), v.RepeatInterleave(3, 1), bias).ToArray<double>();
        Assert.All(shared.Zip(repeated), p => Assert.Equal(p.Second, p.First, 1e-13));
    }

    [Fact]
    public void A_mask_is_a_bias_of_minus_infinity_and_causal_is_a_lower_triangle()
    {
        Tensor q = Draw(1, 2, 3, 4, 4), k = Draw(2, 2, 3, 4, 4), v = Draw(3, 2, 3, 4, 4);
        Tensor mask = Tensor.Ones([4, 4], DType.Bool).Tril(), bias = Tensor.Zeros([4, 4], DType.F64).MaskedFill(mask.EqualTo(0), double.NegativeInfinity);
        double[] causal = q.ScaledDotProductAttention(k, v, isCausal: true).ToArray<double>();
        Assert.Equal(causal, q.ScaledDotProductAttention(k, v, mask).ToArray<double>());
        Assert.Equal(causal, q.ScaledDotProductAttention(k, v, bias).ToArray<double>());
        Assert.Equal(causal, q.ScaledDotProductAttention(k, v, mask, isCausal: true).ToArray<double>());
    }

    [Theory, InlineData(1), InlineData(3), InlineData(150)]
    public void Causal_queries_from_a_position_on_are_the_last_rows_of_all(int queries)
    {
        Tensor q = Draw(1, 2, 4, 160, 4), k = Draw(2, 2, 2, 160, 4), v = Draw(3, 2, 2, 160, 4);
        double[] all = q.ScaledDotProductAttention(k, v, isCausal: true)[.., .., ^queries..].ToArray<double>();
        double[] last = q[.., .., ^queries..].ScaledDotProductAttention(k, v, isCausal: true, position: 160 - queries).ToArray<double>();
        Assert.All(all.Zip(last), p => Assert.Equal(p.First, p.Second, 1e-13));
    }

    [Fact]
    public void Gradients_from_a_position_on_agree_with_finite_differences()
    {
        Tensor q = Draw(1, 2, 4, 3, 5), k = Draw(2, 2, 2, 6, 5), v = Draw(3, 2, 2, 6, 7), bias = Draw(4, 1, 4, 3, 6);
        double error = GradientCheck.SecondOrder(x => [x[0].ScaledDotProductAttention(x[1], x[2], isCausal: true, position: 2)], [q, k, v], _ => true);
        Assert.True(error < 1e-5, $"{error}");
        error = GradientCheck.FirstOrder(x => [x[0].ScaledDotProductAttention(x[1], x[2], x[3], isCausal: true, position: 2)], [q, k, v, bias], _ => true);
        Assert.True(error < 1e-6, $"{error}");
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Rows_that_see_nothing_give_zeros_and_pass_no_gradient(bool additive)
    {
        Tensor q = Draw(1, 1, 1, 3, 4).AsParameter(), k = Draw(2, 1, 1, 5, 4).AsParameter(), v = Draw(3, 1, 1, 5, 4).AsParameter();
        Tensor mask = Tensor.From([true, false, true]).Reshape(3, 1);
        Tensor bias = Tensor.From([0, double.NegativeInfinity, 0]).Reshape(3, 1);
        if (additive) bias.AsParameter();
        Tensor y = q.ScaledDotProductAttention(k, v, additive ? bias : mask);
        y.Square().Sum().Backward();
        Assert.Equal(new double[4], y.Detach()[0, 0, 1].ToArray<double>());
        Assert.Equal(new double[4], q.Grad![0, 0, 1].ToArray<double>());
        Assert.All((Tensor[])[q, k, v], x => Assert.All(x.Grad!.ToArray<double>(), g => Assert.True(double.IsFinite(g))));
        Assert.NotEqual(0, q.Grad[0, 0, 0, 0].Item());
        if (additive) Assert.Equal(0, bias.Grad![1].Item());
    }

    [Theory, InlineData(4), InlineData(2)]
    public void Dropout_drops_weights_and_keeps_the_mean(int keyHeads)
    {
        // Equal keys make all weights 1/8, and values of 1 make y the sum of what is left of them.
        Tensor q = Draw(1, 2, 4, 50, 3), k = Tensor.Ones([2, keyHeads, 8, 3], DType.F64), v = Tensor.Ones([2, keyHeads, 8, 1], DType.F64);
        var random = new Generator(3);
        double[] y = q.ScaledDotProductAttention(k, v, dropout: 0.25, random: random).ToArray<double>();
        Assert.All(y, value => Assert.Equal(Math.Round(value * 6), value * 6, 1e-12));
        Assert.InRange(y.Average(), 0.95, 1.05);
        Assert.True(random.Position > 0);
        Assert.NotEqual(y, q.ScaledDotProductAttention(k, v, dropout: 0.25, random: random).ToArray<double>());
        Assert.Equal(y, q.ScaledDotProductAttention(k, v, dropout: 0.25, random: new(3)).ToArray<double>());
    }

    [Fact]
    public void Misuse_is_told_plainly()
    {
        Tensor x = Tensor.Zeros([2, 4, 3, 5]);
        void Says<T>(string message, Func<object> use) where T : Exception => Assert.Equal($"scaled_dot_product_attention: {message}", Assert.Throws<T>(use).Message);
        Says<ShapeException>("q and k must have the same last axis, but q is [2, 4, 3, 5] and k is [2, 4, 3, 6].", () => x.ScaledDotProductAttention(Tensor.Zeros([2, 4, 3, 6]), x));
        Says<ShapeException>("k and v must agree in all axes but the last, but k is [2, 4, 3, 5] and v is [2, 4, 7, 5].", () => x.ScaledDotProductAttention(x, Tensor.Zeros([2, 4, 7, 5])));
        Says<ShapeException>("q must have the leading axes of k, or a multiple of its heads (the third axis from the end), but q is [2, 4, 3, 5] and k is [2, 3, 3, 5].", () => x.ScaledDotProductAttention(Tensor.Zeros([2, 3, 3, 5]), Tensor.Zeros([2, 3, 3, 5])));
        Says<ShapeException>("the bias must broadcast to the scores, but the bias is [3, 2] and the scores are [2, 4, 3, 3].", () => x.ScaledDotProductAttention(x, x, Tensor.Zeros([3, 2])));
        Says<ArgumentException>("dropout needs a stream of random numbers, but the dropout is 0.1 and random is null.", () => x.ScaledDotProductAttention(x, x, dropout: 0.1));
        Says<DTypeException>("a bias holds floating-point numbers, a mask Bool, but it is I64.", () => x.ScaledDotProductAttention(x, x, Tensor.Zeros([3, 3], DType.I64)));
        Says<ShapeException>("q, k and v must be [..., T, D], [..., S, D] and [..., S, E] with equally many axes, but they are [2, 4, 3, 5], [5] and [5].", () => x.ScaledDotProductAttention(Tensor.Zeros([5]), Tensor.Zeros([5])));
    }
}
