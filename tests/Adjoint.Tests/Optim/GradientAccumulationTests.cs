using Adjoint.Nn;
using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Optim;

/// <summary>Micro-batches of unequal weight make the step of one large batch, for every loss.</summary>
public class GradientAccumulationTests
{
    const int Rows = 11, Classes = 4;
    static readonly (int From, int To)[] Parts = [(0, 2), (2, 3), (3, 8), (8, 11)];

    /// <summary>A loss of scores and of the rows of a batch, from … to.</summary>
    delegate Tensor Loss(Tensor scores, int from, int to, Reduction reduction);

    static Tensor Draw(ulong seed, params ReadOnlySpan<long> shape) => new Generator(seed).Normal(Shape.Create(shape), dtype: DType.F64);

    static Dictionary<string, Loss> Losses()
    {
        Tensor numbers = Draw(1, Rows, Classes), positive = numbers.Exp(), shares = numbers.Softmax(1), signs = numbers.Map(v => v > 0 ? 1 : -1), hits = numbers.Map(v => v > 0 ? 1 : 0);
        Tensor labels = Tensor.From(new long[] { 0, 3, -100, 1, 1, -100, -100, 2, 0, 3, 3 }), classWeights = Tensor.From(new[] { 0.5, 2, 1, 3 }), rowSigns = signs.Select(1, 0);
        return new()
        {
            ["mse"] = (x, a, b, r) => x.MseLoss(Take(numbers, a, b), r),
            ["l1"] = (x, a, b, r) => x.L1Loss(Take(numbers, a, b), r),
            ["smooth l1"] = (x, a, b, r) => x.SmoothL1Loss(Take(numbers, a, b), 0.7, r),
            ["huber"] = (x, a, b, r) => x.HuberLoss(Take(numbers, a, b), 0.7, r),
            ["poisson"] = (x, a, b, r) => x.PoissonNllLoss(Take(positive, a, b), reduction: r),
            ["gaussian"] = (x, a, b, r) => x.GaussianNllLoss(Take(numbers, a, b), Take(positive, a, b), reduction: r),
            ["kl"] = (x, a, b, r) => x.LogSoftmax(1).KlDiv(Take(shares, a, b), r),
            ["bce"] = (x, a, b, r) => x.Sigmoid().BinaryCrossEntropy(Take(hits, a, b), Take(positive, a, b), r),
            ["bce with logits"] = (x, a, b, r) => x.BinaryCrossEntropyWithLogits(Take(hits, a, b), posWeight: classWeights, reduction: r),
            ["soft margin"] = (x, a, b, r) => x.SoftMarginLoss(Take(signs, a, b), r),
            ["multilabel"] = (x, a, b, r) => x.MultilabelSoftMarginLoss(Take(hits, a, b), reduction: r),
            ["hinge"] = (x, a, b, r) => x.HingeEmbeddingLoss(Take(signs, a, b), reduction: r),
            ["margin ranking"] = (x, a, b, r) => x.MarginRankingLoss(Take(numbers, a, b), Take(signs, a, b), 0.3, r),
            ["triplet"] = (x, a, b, r) => x.TripletMarginLoss(Take(numbers, a, b), Take(shares, a, b), reduction: r),
            ["cosine"] = (x, a, b, r) => x.CosineEmbeddingLoss(Take(numbers, a, b), Take(rowSigns, a, b), reduction: r),
            ["multi margin"] = (x, a, b, r) => x.MultiMarginLoss(Take(labels.Clamp(0).To(DType.I64), a, b), reduction: r),
            ["cross entropy"] = (x, a, b, r) => x.CrossEntropy(Take(labels, a, b), classWeights, 0.1, reduction: r),
            ["cross entropy, no weights"] = (x, a, b, r) => x.CrossEntropy(Take(labels, a, b), reduction: r),
            ["cross entropy, shares"] = (x, a, b, r) => x.CrossEntropy(Take(shares, a, b), classWeights, reduction: r),
            ["nll"] = (x, a, b, r) => x.LogSoftmax(1).NllLoss(Take(labels, a, b), classWeights, reduction: r),
            ["ctc"] = (x, a, b, r) => Speech(x).CtcLoss(Take(Tensor.Ones([Rows, 2], DType.I64), a, b), Tensor.Full([b - a], 5, DType.I64), Take(Tensor.From(new long[] { 1, 2, 1, 1, 2, 1, 2, 1, 1, 2, 1 }), a, b), reduction: r),
        };

        // [B, C] as [T, B, V] with five equal steps.
        static Tensor Speech(Tensor x) => x.LogSoftmax(1).Unsqueeze(0).Expand([5, x.Shape[0], Classes]);
    }

    static Tensor Take(Tensor rows, int from, int to) => rows.Slice(0, from, to);

    public static TheoryData<string> Names => [.. Losses().Keys];

    [Theory, MemberData(nameof(Names))]
    public void Parts_of_unequal_weight_make_the_gradient_of_the_whole(string name)
    {
        Loss loss = Losses()[name];
        Tensor x = Draw(2, Rows, 6), weight = Draw(3, 6, Classes).AsParameter("weight");
        Tensor whole = loss(x.MatMul(weight), 0, Rows, Reduction.Mean);
        whole.Backward();
        double[] expected = weight.Grad!.ToArray<double>();
        foreach (Reduction reduction in (Reduction[])[Reduction.Sum, Reduction.Mean])
        {
            // A mean over rows of which none counts is an error of its own; and CTC's sum is not the numerator of its mean.
            if (name == "ctc" && reduction == Reduction.Sum) continue;
            (int From, int To)[] parts = reduction == Reduction.Sum ? [(0, 2), (2, 3), (3, 8), (8, 11)] : [(0, 3), (3, 8), (8, 11)];
            weight.SetGrad(null);
            var accumulation = new GradientAccumulation([weight]);
            foreach ((int from, int to) in parts) accumulation.Backward(loss(Take(x, from, to).MatMul(weight), from, to, reduction));
            Assert.Equal(whole.LossWeight!.Value, accumulation.Weight, 1e-12);
            Assert.Equal(whole.Item(), accumulation.Finish(), 1e-12 * Math.Max(1, Math.Abs(whole.Item())));
            Assert.All(expected.Zip(weight.Grad!.ToArray<double>()), p => Assert.Equal(p.First, p.Second, 1e-12 * Math.Max(1, Math.Abs(p.First))));
        }
    }

    [Fact]
    public void The_mean_of_means_is_another_number()
    {
        Loss loss = Losses()["cross entropy"];
        Tensor x = Draw(2, Rows, Classes) * 3;
        double whole = loss(x, 0, Rows, Reduction.Mean).Item();
        Tensor[] parts = [.. (((int From, int To)[])[(0, 3), (3, 8), (8, 11)]).Select(p => loss(Take(x, p.From, p.To), p.From, p.To, Reduction.Mean))];
        double means = parts.Average(p => p.Item());
        Assert.True(Math.Abs(means - whole) > 0.01, $"{means} {whole}");
        (Tensor Sum, double Weight)[] sums = [.. parts.Select(p => p.AsLossSum())];
        Assert.Equal(whole, sums.Sum(s => s.Sum.Item()) / sums.Sum(s => s.Weight), 1e-12);
    }

    [Fact]
    public void In_single_precision_the_steps_agree_to_a_millionth()
    {
        (float[] one, float[] many) = (Trained([(0, Rows)]), Trained(Parts));
        Assert.All(one.Zip(many), p => Assert.Equal(p.First, p.Second, 1e-6f));

        static float[] Trained((int From, int To)[] parts)
        {
            var model = new Linear(6, Classes, new Generator(5));
            var optimizer = new Sgd(model.Parameters(), 0.1) { Momentum = 0.9 };
            Tensor x = new Generator(6).Normal([Rows, 6]), y = Tensor.From(new long[] { 0, 3, -100, 1, 1, -100, -100, 2, 0, 3, 3 });
            for (int step = 0; step < 5; step++)
            {
                var accumulation = new GradientAccumulation(model.Parameters());
                foreach ((int from, int to) in parts) accumulation.Backward(model.Call(Take(x, from, to)).CrossEntropy(Take(y, from, to), reduction: Reduction.Sum));
                accumulation.Finish();
                GradientClip.ByNorm(model.Parameters(), 1);
                optimizer.Step();
                optimizer.ZeroGrad();
            }

            return [.. model.Parameters().SelectMany(p => p.Detach().ToArray<float>())];
        }
    }

    [Fact]
    public void Gradients_add_up_in_place()
    {
        Tensor w = Tensor.Ones([1 << 16]).AsParameter();
        using Scope scope = Scope.Begin("test");
        (w * 2).Sum().Backward();
        unsafe
        {
            void* first = w.Grad!.Data;
            (w * 3).Sum().Backward();
            Assert.True(first == w.Grad!.Data);
            Tensor held = w.Grad.Detach();
            (w * 4).Sum().Backward();
            Assert.False(first == w.Grad!.Data);
            Assert.Equal(5, held[0].Item());
            Assert.Equal(9, w.Grad[0].Item());
        }
    }

    [Fact]
    public void Misuse_is_told_plainly()
    {
        Tensor w = Tensor.Ones([2]).AsParameter();
        var accumulation = new GradientAccumulation([w]);
        Says("accumulation: there is nothing to finish before Backward was called. Hint: call it for each part of the batch.", () => accumulation.Finish());
        Says("accumulation: a loss must know its weight, but no loss function returned the tensor of shape []. Hint: what was computed from losses is given with its weight: Backward(loss, weight).", () => accumulation.Backward(w.Sum()));
        Says("loss: a sum and its weight come from a loss function with Reduction.Mean or Reduction.Sum, but the tensor of shape [] is no such result. Hint: losses of your own say their weight to GradientAccumulation.Backward.", () => w.Sum().AsLossSum());
        accumulation.Backward(w.Sum(), 0);
        Says("accumulation: the parts' weights must add up to something, but those of 1 parts add up to 0. Hint: skip steps in which no row counts.", () => accumulation.Finish());
        var range = Assert.Throws<ArgumentOutOfRangeException>(() => accumulation.Backward(w.Sum(), double.NaN));
        Assert.StartsWith("accumulation: a weight must be finite and not negative, but it is NaN.", range.Message, StringComparison.Ordinal);

        static void Says(string message, Action use) => Assert.Equal(message, Assert.Throws<GraphException>(use).Message);
    }
}
