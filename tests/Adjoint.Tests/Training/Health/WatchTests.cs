using System.Text.Json.Nodes;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Training;
using Xunit;
using static Adjoint.Tests.Training.Health.Patients;

namespace Adjoint.Tests.Training.Health;

[Collection(Alone.Name)]
public class WatchTests
{
    [Fact]
    public void A_watched_training_has_the_bits_of_one_that_is_not()
    {
        Sequential plain = Plain(3, () => new Relu(), Hidden(1.4)), watched = Plain(3, () => new Relu(), Hidden(1.4));
        new Trainer(plain, new AdamW(plain.Parameters(), 1e-2), Objective.Classification()).Fit(Rings(), options: new() { Epochs = 3, MaxGradientNorm = 1 }, cancellation: TestContext.Current.CancellationToken);
        Train(watched, new AdamW(watched.Parameters(), 1e-2), new() { Epochs = 3, MaxGradientNorm = 1 });
        Assert.All(plain.Parameters().Zip(watched.Parameters()), p => Assert.Equal(p.First.ToArray<float>(), p.Second.ToArray<float>()));
    }

    [Fact]
    public void Layers_are_measured_in_the_order_of_the_forward_pass()
    {
        // x = 1 → 2x − 1 = 1 → relu 1 → 3·1 = 3; the target is 0: dL/dy = 6, and so on.
        var inner = new Linear(1, 2, new Generator(1));
        var outer = new Linear(2, 1, new Generator(1), bias: false);
        using (NoGrad.Scope())
        {
            inner.Weight.CopyFrom(Tensor.From([2f, -4f], [2, 1]));
            inner.Bias!.CopyFrom(Tensor.From([-1f, 0f], [2]));
            outer.Weight.CopyFrom(Tensor.From([3f, 5f], [1, 2]));
        }

        Sequential net = [inner, new Relu(), outer];
        var watch = new TrainingWatch();
        var data = new Adjoint.Data.DataLoader(new Adjoint.Data.TensorDataset(Tensor.Ones([2, 1]), Tensor.Zeros([2, 1])), 2);
        new Trainer(net, new Sgd(net.Parameters(), 0.01), Objective.Regression).Fit(data, options: new() { Epochs = 1, Callbacks = [watch] }, cancellation: TestContext.Current.CancellationToken);
        WatchHistory history = watch.History;
        Assert.Equal([("0.Weight", true), ("0.Bias", false), ("2.Weight", true)], history.Parameters.Select(p => (p.Name, p.IsWeight)));
        Assert.Equal([new WatchedActivation("1 relu", ActivationKind.Rectifier)], history.Activations);
        LayerSample sample = Assert.Single(history.Samples);
        Assert.Equal(new ActivationSample(0.5f, 0.5f, 0.5f, float.NaN), Assert.Single(sample.Activations));
        // dW₁ = 6·3·x = 18 for the unit that lives, 0 for the other; dW₂ = 6·(1, 0).
        Assert.Equal([18f, 18f, 6f], sample.Parameters.Select(p => p.Gradient));
        Assert.Equal(MathF.Sqrt(20), sample.Parameters[0].Weight, 6);
        Assert.Equal(0.18 / Math.Sqrt(20), sample.Parameters[0].Update, 6);
        Assert.Equal(0.06 / Math.Sqrt(34), sample.Parameters[2].Update, 6);
        WatchedStep step = Assert.Single(history.Steps);
        Assert.Equal((1L, 9.0, 0.01), (step.Step, step.Loss, step.LearningRate));
        Assert.Equal(Math.Sqrt(18 * 18 + 18 * 18 + 36), step.GradientNorm!.Value, 4);
    }

    [Fact]
    public void Long_trainings_are_seen_whole_and_in_bounds()
    {
        Sequential net = Plain(1, () => new Relu(), Hidden(1));
        var watch = new TrainingWatch { Samples = 20 };
        new Trainer(net, new Sgd(net.Parameters(), 1e-3), Objective.Classification()).Fit(Rings(batch: 8), options: new() { Epochs = 130, Callbacks = [watch] }, cancellation: TestContext.Current.CancellationToken);
        Assert.InRange(watch.History.Samples.Count, 20, 22);
        Assert.InRange(watch.History.Steps.Count, 2000, 4000);
        Assert.Equal(130 * 64, watch.History.Steps[^1].Step);
        Assert.Equal((130, 1L), (watch.History.Epochs.Count, watch.History.Samples[0].Step));
    }

    [Fact]
    public void What_was_seen_survives_being_written()
    {
        Sequential net = Plain(2, () => new Tanh(), Hidden(1));
        WatchHistory history = Train(net, new Adam(net.Parameters(), 1e-3), new() { Epochs = 3 }).History;
        JsonObject json = WatchJson.Of(history);
        WatchHistory read = WatchJson.Read(JsonNode.Parse(json.ToJsonString())!);
        Assert.Equal(json.ToJsonString(), WatchJson.Of(read).ToJsonString());
        Assert.Equal(history.Samples[^1].Parameters, read.Samples[^1].Parameters);
        json["samples"]![0]!["gradient"] = new JsonArray();
        var error = Assert.Throws<Adjoint.FormatException>(() => WatchJson.Read(json));
        Assert.StartsWith("watch: the history must be what a training watch writes, but it is not: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Callbacks_hear_of_everything_in_order_and_may_stop_a_training()
    {
        Sequential net = Plain(1, () => new Relu(), Hidden(1));
        var log = new Log();
        TrainingResult result = new Trainer(net, new Sgd(net.Parameters(), 1e-3), Objective.Classification()).Fit(Rings(rows: 16, batch: 8), options: new() { Epochs = 5, Callbacks = [log] }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(["started 10", "step 1 begins", "step 1 with 8 rows, 4 gradients", "step 2 begins", "step 2 with 8 rows, 4 gradients", "epoch 1", "step 3 begins", "step 3 with 8 rows, 4 gradients", "epoch 2", "ended StoppedEarly"], log.Lines);
        Assert.Equal((TrainingEnd.StoppedEarly, 2), (result.End, result.Epochs.Count));
        log.Lines.Clear();
        Assert.Throws<NonFiniteLossException>(() => new Trainer(net, new Sgd(net.Parameters(), 1e20), Objective.Classification()).Fit(Rings(), options: new() { Callbacks = [log] }, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("failed NonFiniteLossException", log.Lines[^1]);
    }

    sealed class Log : TrainingCallback
    {
        public List<string> Lines { get; } = [];

        public override void Started(TrainingContext training) => Lines.Add($"started {training.MostSteps}");

        public override void StepStarting(TrainingContext training) => Lines.Add($"step {training.Steps + 1} begins");

        public override void StepEnded(TrainingContext training, StepRecord step)
        {
            Lines.Add($"step {step.Step} with {step.Rows} rows, {training.Optimizer.Parameters.Count(p => p.Grad is not null)} gradients");
            if (step.Step == 3) training.Stop();
        }

        public override void EpochEnded(TrainingContext training, EpochRecord epoch) => Lines.Add($"epoch {epoch.Epoch}");

        public override void Ended(TrainingContext training, TrainingResult result) => Lines.Add($"ended {result.End}");

        public override void Failed(TrainingContext training, Exception exception) => Lines.Add($"failed {exception.GetType().Name}");
    }
}
