using Xunit;

namespace Adjoint.Tests.Ops;

/// <summary>Losses of several vectors, made of other operations: values by hand, gradients against differences, misuse.</summary>
public class MarginLossTests
{
    static readonly Generator Random = new(11);

    static Tensor Draw(Shape shape) => Random.Normal(shape, dtype: DType.F64);

    [Fact]
    public void Cosine_similarity_is_that_of_the_angle()
    {
        Tensor a = Tensor.From([3.0, 4, 0, 0], [2, 2]), b = Tensor.From([4.0, 3, 1, 1], [2, 2]);
        double[] c = a.CosineSimilarity(b).ToArray<double>();
        Assert.Equal(24.0 / 25, c[0], 1e-14);
        Assert.Equal(0, c[1]);
        Assert.Equal([2, 3, 5], Draw([2, 1, 4, 5]).CosineSimilarity(Draw([3, 4, 5]), dim: 2).Shape);
        Assert.InRange(GradientCheck.FirstOrder(x => [x[0].CosineSimilarity(x[1], -1)], [Draw([3, 1, 5]), Draw([4, 5])]), 0, 2e-7);
        Assert.Equal("cosine_similarity: shapes must agree or broadcast (aligned at the last axis, sizes equal or 1), but they are [2, 3] and [2, 4].", Assert.Throws<ShapeException>(() => Tensor.Zeros([2, 3]).CosineSimilarity(Tensor.Zeros([2, 4]))).Message);
    }

    [Fact]
    public void Cosine_embedding_pulls_together_or_apart()
    {
        Tensor a = Tensor.From([3.0, 4, 3, 4, 3, 4], [3, 2]), b = Tensor.From([4.0, 3, 4, 3, -4, 3], [3, 2]), target = Tensor.From([1L, -1, -1]);
        double[] each = a.CosineEmbeddingLoss(b, target, 0.5, Reduction.None).ToArray<double>();
        Assert.Equal(0.04, each[0], 1e-12);
        Assert.Equal(0.46, each[1], 1e-12);
        Assert.Equal(0, each[2]);
        Assert.Equal(0.5, a.CosineEmbeddingLoss(b, target, 0.5, Reduction.Sum).Item(), 1e-12);
        Assert.InRange(GradientCheck.FirstOrder(x => [x[0].CosineEmbeddingLoss(x[1], target, -0.9)], [Draw([3, 5]), Draw([3, 5])]), 0, 2e-7);
        Assert.Equal("cosine_embedding_loss: x must be [N, D] or [D] and the target [N] or [], but x is [3, 2] and the target is [2].", Assert.Throws<ShapeException>(() => a.CosineEmbeddingLoss(b, Tensor.Ones([2]))).Message);
    }

    [Fact]
    public void Triplets_compare_two_distances()
    {
        Tensor anchor = Tensor.From([0.0, 0], [1, 2]), near = Tensor.From([3.0, 4], [1, 2]), far = Tensor.From([3.0, 3], [1, 2]);
        Assert.Equal(1 + 5 - Math.Sqrt(18), anchor.TripletMarginLoss(near, far, epsilon: 0).Item(), 1e-12);
        Assert.Equal(1 + 5 - 1, anchor.TripletMarginLoss(near, far, swap: true, epsilon: 0).Item(), 1e-12);
        Assert.Equal(2 + 7 - 6, anchor.TripletMarginLoss(near, far, margin: 2, p: 1, epsilon: 0, reduction: Reduction.Sum).Item(), 1e-12);
        Assert.Equal(0, anchor.TripletMarginLoss(far, near, margin: 0.1).Item());
        foreach (bool swap in new[] { false, true })
            Assert.InRange(GradientCheck.FirstOrder(x => [x[0].TripletMarginLoss(x[1], x[2], 5, 3, swap, reduction: Reduction.None)], [Draw([4, 5]), Draw([4, 5]), Draw([4, 5])]), 0, 2e-7);
        Assert.Equal("triplet_margin_loss: the three must have one shape, and an axis of vectors, but the anchor is [1, 2], the positive is [2] and the negative is [1, 2].", Assert.Throws<ShapeException>(() => anchor.TripletMarginLoss(Tensor.Zeros([2]), far)).Message);
    }

    [Fact]
    public void A_variance_below_the_least_still_learns()
    {
        Tensor x = Tensor.From([1.0, 1]), target = Tensor.From([0.0, 0]), variance = Tensor.From([0.25, 1e-9]).AsParameter();
        Tensor loss = x.GaussianNllLoss(target, variance, epsilon: 0.01, reduction: Reduction.Sum);
        Assert.Equal((0.5 * (Math.Log(0.25) + 4)) + (0.5 * (Math.Log(0.01) + 100)), loss.Item(), 1e-12);
        loss.Backward();
        double[] slope = variance.Grad!.ToArray<double>();
        Assert.Equal(0.5 * (4 - 16), slope[0], 1e-12);
        Assert.Equal(0.5 * (100 - 10000), slope[1], 1e-9);
        Assert.Equal(x.GaussianNllLoss(target, Tensor.From([0.5, 0.5])).Item(), x.GaussianNllLoss(target, Tensor.Scalar(0.5, DType.F64)).Item(), 1e-15);
    }
}
