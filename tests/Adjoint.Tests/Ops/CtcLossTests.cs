using Xunit;

namespace Adjoint.Tests.Ops;

/// <summary>What the registry cannot ask of the CTC loss: gradients through a log-softmax, reductions, joined targets, threads.</summary>
public class CtcLossTests
{
    static readonly Tensor Targets = Tensor.From([1L, 2, 2, 3, 1, 0], [2, 3]), Steps = Tensor.From([7L, 5]), Lengths = Tensor.From([3L, 2]);

    [Fact]
    public void Gradients_through_a_log_softmax_agree_with_differences()
    {
        Tensor logits = new Generator(12).Normal([7, 2, 4], dtype: DType.F64);
        foreach (Reduction reduction in Enum.GetValues<Reduction>())
            Assert.InRange(GradientCheck.FirstOrder(x => [x[0].LogSoftmax(-1).CtcLoss(Targets, Steps, Lengths, reduction: reduction)], [logits]), 0, 2e-7);
    }

    [Fact]
    public void A_mean_divides_each_loss_by_its_labels()
    {
        Tensor x = new Generator(13).Normal([7, 2, 4], dtype: DType.F64).LogSoftmax(-1);
        double[] each = x.CtcLoss(Targets, Steps, Lengths, reduction: Reduction.None).ToArray<double>();
        Assert.Equal(((each[0] / 3) + (each[1] / 2)) / 2, x.CtcLoss(Targets, Steps, Lengths).Item(), 1e-12);
        Assert.Equal(each.Sum(), x.CtcLoss(Targets, Steps, Lengths, reduction: Reduction.Sum).Item(), 1e-12);
        Assert.Equal(each, x.CtcLoss(Tensor.From([1L, 2, 2, 3, 1]), Steps, Lengths, reduction: Reduction.None).ToArray<double>());
    }

    [Fact]
    public void What_cannot_be_said_is_infinite_or_does_not_count()
    {
        Tensor x = new Generator(14).Normal([4, 2, 4], dtype: DType.F64).LogSoftmax(-1).Detach().AsParameter();
        Tensor steps = Tensor.From([2L, 4]);
        Assert.Equal(double.PositiveInfinity, x.CtcLoss(Targets, steps, Lengths, reduction: Reduction.Sum).Item());
        double[] each = x.CtcLoss(Targets, steps, Lengths, reduction: Reduction.None, zeroInfinity: true).ToArray<double>();
        Assert.Equal(0, each[0]);
        Tensor loss = x.CtcLoss(Targets, steps, Lengths, reduction: Reduction.Sum, zeroInfinity: true);
        Assert.Equal(each[1], loss.Item());
        loss.Backward();
        double[] slope = x.Grad!.ToArray<double>();
        for (int i = 0; i < slope.Length; i++) Assert.Equal(i / 4 % 2 == 1, slope[i] != 0);
    }

    [Fact]
    public void Long_sequences_neither_vanish_nor_depend_on_precision()
    {
        var random = new Generator(15);
        Tensor x = random.Normal([600, 3, 30], dtype: DType.F64).LogSoftmax(-1), targets = random.Integers([3, 80], 1, 30), steps = Tensor.Full([3], 600, DType.I64), lengths = Tensor.Full([3], 80, DType.I64);
        double expected = x.CtcLoss(targets, steps, lengths, reduction: Reduction.Sum).Item();
        Assert.InRange(expected, 1000, 10000);
        Assert.Equal(1, x.To(DType.F32).CtcLoss(targets, steps, lengths, reduction: Reduction.Sum).Item() / expected, 1e-6);
    }

    [Fact]
    public void A_second_derivative_is_refused()
    {
        Tensor x = new Generator(16).Normal([7, 2, 4], dtype: DType.F64).AsParameter();
        Tensor first = Gradients.Of(x.LogSoftmax(-1).CtcLoss(Targets, Steps, Lengths), [x], createGraph: true)[0]!;
        Assert.Equal("ctc_loss: the loss can be differentiated once, but a gradient of its gradient was asked for.", Assert.Throws<GraphException>(() => Gradients.Of(first.Square().Sum(), [x])).Message);
    }
}
