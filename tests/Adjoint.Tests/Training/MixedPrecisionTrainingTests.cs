using Adjoint.Data;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Training;
using Xunit;

namespace Adjoint.Tests.Training;

/// <summary>What a trainer makes of a precision: the same training nearly, and overflows that are survived and explained.</summary>
[Collection(Alone.Name)]
public class MixedPrecisionTrainingTests
{
    static Precision Named(string name) => name switch { "float32" => Precision.Float32, "bfloat16-mixed" => Precision.Bfloat16Mixed, _ => Precision.Float16Mixed };

    static DataLoader Rings()
    {
        var random = new Generator(2);
        Tensor points = random.Uniform([512, 2], -1, 1);
        return new(TensorDataset.Classification(points, (points.Square().Sum(1) < 0.5).To(DType.I64), 2), 64, new Generator(3));
    }

    static TrainingResult Train(Precision precision, out Sequential model, int accumulate = 1)
    {
        var random = new Generator(1);
        model = [new Linear(2, 48, random), new Gelu(), new Linear(48, 48, random), new Relu(), new Linear(48, 2, random)];
        return new Trainer(model, new AdamW(model.Parameters(), 0.01), Objective.Classification()).Fit(Rings(), options: new() { Epochs = 40, Precision = precision, AccumulateBatches = accumulate, MaxGradientNorm = 5 }, cancellation: TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("float32", 1)]
    [InlineData("bfloat16-mixed", 1)]
    [InlineData("float16-mixed", 1)]
    [InlineData("float16-mixed", 3)]
    public void A_network_learns_as_well(string name, int accumulate)
    {
        TrainingResult result = Train(Named(name), out Sequential model, accumulate);
        Assert.InRange(result.Epochs[^1].Train.Accuracy!.Value, 0.975, 1);
        Assert.All(model.Parameters(), p => Assert.Equal(DType.F32, p.DType));
        if (name != "float16-mixed") Assert.All(result.Epochs, e => Assert.Equal((null, 0L), (e.LossScale, e.SkippedSteps)));
        else Assert.All(result.Epochs, e => Assert.True(e.LossScale is >= 1 and <= 1 << 17));
    }

    [Fact]
    public void Overflows_leave_the_weights_alone_and_after_four_the_operation_is_named()
    {
        // 300 · 300 is more than F16 holds, whatever the loss is scaled by.
        var first = new Linear(4, 4, new Generator(1), bias: false);
        Sequential model = [first, new BatchNorm(4), new Dropout(0.5, new Generator(5))];
        using (NoGrad.Scope()) first.Weight.Fill(300);
        (ulong, ulong, ulong) stream = model.NamedGenerators()[0].Generator.State;
        var data = new DataLoader(new TensorDataset(Tensor.Full([12, 4], 300), Tensor.Zeros([12, 4])), 2);
        var warnings = new List<string>();
        using (Warnings.Redirect(warnings.Add))
        {
            TrainingResult result = new Trainer(model, new Sgd(model.Parameters(), 0.1) { Momentum = 0.9 }, Objective.Regression).Fit(data, options: new() { Epochs = 1, Precision = Precision.Float16Mixed }, cancellation: TestContext.Current.CancellationToken);
            Assert.Equal((6L, 65536.0 / 64), (result.Epochs[0].SkippedSteps, result.Epochs[0].LossScale));
        }

        Assert.All(first.Weight.ToArray<float>(), w => Assert.Equal(300, w));
        string warning = Assert.Single(warnings);
        Assert.StartsWith("loss scaler: 4 steps in a row were left out because gradients overflowed, now at a scale of 4096. The first number that is not finite: linear: ", warning, StringComparison.Ordinal);
        Assert.Contains("in '0' (Linear)", warning, StringComparison.Ordinal);
        // The look for it drew no random numbers that a step would miss: six steps, six draws of eight.
        Assert.NotEqual(stream, model.NamedGenerators()[0].Generator.State);
        var counted = new Generator(stream.Item1, stream.Item2) { State = stream };
        for (int i = 0; i < 6; i++) _ = Tensor.Ones([2, 4], DType.F16).Dropout(0.5, counted);
        Assert.Equal(counted.State, model.NamedGenerators()[0].Generator.State);
    }
}
