using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Training;
using Xunit;
using static Adjoint.Tests.Training.Health.Patients;

namespace Adjoint.Tests.Training.Health;

/// <summary>Every sickness in a network that was built to have it, and not in its healthy twin.</summary>
[Collection(Alone.Name)]
public class DiagnosisTests(ITestOutputHelper output)
{
    static readonly double He = Math.Sqrt(2);

    IReadOnlyList<FindingKind> Kinds(TrainingWatch watch)
    {
        IReadOnlyList<Finding> findings = watch.Diagnose();
        foreach (Finding finding in findings) output.WriteLine($"{finding}\n");
        return [.. findings.Select(f => f.Kind)];
    }

    static double FirstToLast(WatchHistory history)
    {
        int[] weights = [.. Enumerable.Range(0, history.Parameters.Count).Where(i => history.Parameters[i].IsWeight)];
        double Rms(int i) => history.Samples[0].Parameters[i].Gradient / Math.Sqrt(history.Parameters[i].Shape.Elements);
        return Rms(weights[0]) / Rms(weights[^1]);
    }

    [Fact]
    public void Twenty_layers_of_sigmoids_let_gradients_vanish_and_of_rectifiers_with_He_do_not()
    {
        Sequential sick = Plain(20, () => new Sigmoid(), Hidden(1)), healthy = Plain(20, () => new Relu(), Hidden(He));
        TrainingWatch watch = Train(sick, new Adam(sick.Parameters(), 1e-3));
        Assert.InRange(FirstToLast(watch.History), 0, 1e-4);
        Assert.Contains(FindingKind.VanishingGradients, Kinds(watch));
        watch = Train(healthy, new Adam(healthy.Parameters(), 1e-3));
        Assert.InRange(FirstToLast(watch.History), 0.01, 100);
        Assert.Empty(Kinds(watch));
    }

    [Fact]
    public void Fifty_plain_layers_let_gradients_vanish_and_their_residual_twin_does_not()
    {
        Sequential sick = Plain(50, () => new Relu(), Hidden(1));
        Func<Linear> hidden = Hidden(0.2);
        Sequential healthy = [new Linear(2, Width, new Generator(5)), .. Enumerable.Range(0, 49).Select(_ => new Residual(new Sequential(hidden(), new Relu()))), new Linear(Width, 3, new Generator(6))];
        Assert.Contains(FindingKind.VanishingGradients, Kinds(Train(sick, new Sgd(sick.Parameters(), 1e-2))));
        Assert.Empty(Kinds(Train(healthy, new Sgd(healthy.Parameters(), 1e-2))));
    }

    [Fact]
    public void Weights_that_are_too_large_let_gradients_explode()
    {
        Sequential sick = Plain(12, () => new Relu(), Hidden(6));
        Assert.Contains(FindingKind.ExplodingGradients, Kinds(Train(sick, new Sgd(sick.Parameters(), 1e-12))));
    }

    [Fact]
    public void A_bias_of_minus_ten_kills_a_layer()
    {
        Sequential net = Plain(3, () => new Relu(), Hidden(He));
        using (NoGrad.Scope()) ((Linear)net[2]).Bias!.Fill(-10);
        TrainingWatch watch = Train(net, new Adam(net.Parameters(), 1e-3));
        Assert.Contains(FindingKind.DeadUnits, Kinds(watch));
        Assert.Contains("'3 relu'", watch.Diagnose().First(f => f.Kind == FindingKind.DeadUnits).Evidence, StringComparison.Ordinal);
        Assert.Equal(1f, watch.History.Samples[^1].Activations[1].Dead);
        Assert.InRange(watch.History.Samples[^1].Activations[0].Dead, 0, 0.4);
    }

    [Fact]
    public void Weights_that_are_too_large_saturate_tanh_and_Xavier_does_not()
    {
        Sequential sick = Plain(3, () => new Tanh(), Hidden(20)), healthy = Plain(3, () => new Tanh(), Hidden(1));
        Assert.Contains(FindingKind.Saturation, Kinds(Train(sick, new Adam(sick.Parameters(), 1e-4))));
        Assert.Empty(Kinds(Train(healthy, new Adam(healthy.Parameters(), 1e-3))));
    }

    [Fact]
    public void Labels_without_meaning_are_learned_by_heart()
    {
        Sequential net = Plain(3, () => new Relu(), Hidden(He));
        TrainingWatch watch = Train(net, new Adam(net.Parameters(), 5e-3), new() { Epochs = 80 }, Rings(rows: 128, batch: 32, randomLabels: true), Rings(seed: 9, rows: 128, randomLabels: true));
        Assert.Contains(FindingKind.Overfitting, Kinds(watch));
    }

    [Fact]
    public void A_network_that_cannot_learn_is_stuck()
    {
        // All that it sees is zero.
        Sequential net = [new Lambda(x => x * 0), .. Plain(2, () => new Relu(), Hidden(He))];
        Assert.Contains(FindingKind.StuckLoss, Kinds(Train(net, new Sgd(net.Parameters(), 1e-2), new() { Epochs = 20 }, Rings(randomLabels: true))));
    }

    [Theory]
    [InlineData(1e-3, false)]
    [InlineData(0.3, true)]
    [InlineData(3, true)]
    public void A_learning_rate_that_is_too_high_is_told_from_one_that_is_not(double rate, bool isTooHigh)
    {
        Sequential net = Plain(3, () => new Relu(), Hidden(He));
        IReadOnlyList<FindingKind> kinds = Kinds(Train(net, new Adam(net.Parameters(), rate), new() { Epochs = 20 }));
        Assert.Equal(isTooHigh, kinds.Contains(FindingKind.LearningRateTooHigh) || kinds.Contains(FindingKind.OscillatingLoss));
        if (!isTooHigh) Assert.Empty(kinds);
    }

    [Fact]
    public void A_learning_rate_that_is_too_low_is_found()
    {
        Sequential net = Plain(3, () => new Relu(), Hidden(He));
        Assert.Contains(FindingKind.LearningRateTooLow, Kinds(Train(net, new Adam(net.Parameters(), 1e-6), new() { Epochs = 20 })));
    }

    [Fact]
    public void A_loss_that_swings_is_found()
    {
        // Gradient descent on a parabola: ten steps that each lead 1.2 times farther away, then ten that lead back as far.
        var line = new Linear(1, 1, new Generator(1), bias: false);
        using (NoGrad.Scope()) line.Weight.Fill(3);
        var x = new Adjoint.Data.DataLoader(new Adjoint.Data.TensorDataset(Tensor.Ones([8, 1]), Tensor.Ones([8, 1])), 4, new Generator(3));
        var watch = new TrainingWatch();
        double[] rates = [.. Enumerable.Range(0, 400).Select(i => i / 10 % 2 == 0 ? 1.1 : 0.5 / 6)];
        var optimizer = new Sgd(line.Parameters(), 1);
        var swinging = new Swing(optimizer, rates);
        new Trainer(line, optimizer, Objective.Regression).Fit(x, options: new() { Epochs = 150, Callbacks = [swinging, watch] }, cancellation: TestContext.Current.CancellationToken);
        Assert.Contains(FindingKind.OscillatingLoss, Kinds(watch));
    }

    [Fact]
    public void A_training_that_fails_is_explained()
    {
        Sequential net = Plain(3, () => new Relu(), Hidden(He));
        IReadOnlyList<FindingKind> kinds = Kinds(Train(net, new Sgd(net.Parameters(), 1e6)));
        Assert.Contains(FindingKind.NotFinite, kinds);
        Assert.Contains(FindingKind.LearningRateTooHigh, kinds);
    }

    sealed class Swing(Optimizer optimizer, double[] rates) : TrainingCallback
    {
        public override void StepStarting(TrainingContext training) => optimizer.LearningRate = rates[(int)(training.Steps % rates.Length)];
    }
}
