using Adjoint.Data;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Tests.Formats;
using Adjoint.Training;
using Xunit;

namespace Adjoint.Tests.Training;

/// <summary>A training that is cancelled at any batch and goes on in new objects ends with the bits of one that never stopped.</summary>
[Collection(Alone.Name)]
public sealed class ResumeTests : IDisposable
{
    const int Epochs = 3, Batches = 6;

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Everything random that there is: order of rows, augmentation, dropout; and everything that remembers: moments, running statistics, a schedule.</summary>
    sealed class Setup
    {
        public Setup(string optimizer)
        {
            var random = new Generator(3);
            Model = new Sequential(new Flatten(), new Linear(36, 12, random), new BatchNorm(12), new Relu(), new Dropout(0.3, random), new Linear(12, 3, random), new Dropout(0.1, random));
            Optimizer = optimizer switch
            {
                "sgd" => new Sgd(Model.Parameters(), 0.05) { Momentum = 0.9 },
                "muon" => new Muon(Model.Parameters().Where(p => p.Rank == 2), 0.02) { AllowOtherLeaves = true },
                _ => new AdamW([new ParameterGroup(Model.Parameters().Where(p => p.Rank == 2)), new ParameterGroup(Model.Parameters().Where(p => p.Rank != 2)) { WeightDecay = 0 }], 0.01),
            };
            if (optimizer == "muon") foreach (Tensor p in Model.Parameters().Where(p => p.Rank != 2)) p.Freeze();
            Schedule = new(Optimizer, new OneCycle(0.01, Epochs * Batches));
            var data = new Generator(8);
            Train = new(TensorDataset.Classification(data.Normal([45, 1, 6, 6]), data.Integers([45], 0, 3), 3), 8, new Generator(4), prefetch: 2, transforms: [new RandomCrop(1)]);
            Validation = new(TensorDataset.Classification(data.Normal([20, 1, 6, 6]), data.Integers([20], 0, 3), 3), 8);
        }

        public Sequential Model { get; }

        public Optimizer Optimizer { get; }

        public LearningRateSchedule Schedule { get; }

        public DataLoader Train { get; }

        public DataLoader Validation { get; }

        public TrainingResult Fit(TrainingOptions options, int cancelAt = int.MaxValue)
        {
            using var stop = new CancellationTokenSource();
            int reports = 0;
            return new Trainer(Model, Optimizer, Objective.Classification(0.1), Schedule).Fit(Train, Validation, options, new Each(_ =>
            {
                if (++reports == cancelAt) stop.Cancel();
            }), stop.Token);
        }

        /// <summary>Weights, buffers, moments, positions of streams, losses: all that must not differ.</summary>
        public string Bits(TrainingResult result) => string.Join('\n',
        [
            .. Model.State().Select(s => $"{s.Key} {Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(s.Value.To(DType.F32).ToArray<float>()))}"),
            .. Optimizer.State().Select(s => $"{s.Key} {string.Join(' ', s.Value.To(DType.F64).ToArray<double>().Select(BitConverter.DoubleToInt64Bits))}"),
            .. Model.NamedGenerators().Select(g => $"{g.Name} {g.Generator.State}"),
            $"{Schedule.Position} {Train.State}",
            .. result.Epochs.Select(e => $"{e with { Seconds = 0 }}"),
        ]);
    }

    [Theory]
    [InlineData("bfloat16-mixed")]
    [InlineData("float16-mixed")]
    public void In_mixed_precision_too(string name)
    {
        Precision precision = name == "bfloat16-mixed" ? Precision.Bfloat16Mixed : Precision.Float16Mixed;
        foreach (int at in new[] { 1, 4, 6, 7, 10, 15 })
        {
            var plain = new Setup("adamw");
            var options = new TrainingOptions { Epochs = Epochs, Precision = precision, AverageDecay = 0.9, MaxGradientNorm = 1 };
            string expected = plain.Bits(plain.Fit(options));
            options = options with { Checkpoints = new(_folder.File($"at-{at}")), CheckpointEvery = 2 };
            new Setup("adamw").Fit(options, at);
            var second = new Setup("adamw");
            Assert.Equal(expected, second.Bits(second.Fit(options with { Resume = true })));
        }
    }

    public static TheoryData<string, int, double?, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, double?, int>();
            for (int at = 1; at < Epochs * (Batches + 1); at++) cases.Add("adamw", 1, null, at);
            foreach (int at in new[] { 1, 2, 3, 5, 6, 7, 9, 13, 14, 20 })
            {
                cases.Add("adamw", 4, null, at);
                cases.Add("adamw", 1, 0.9, at);
                cases.Add("adamw", 2, 0.9, at);
                cases.Add("sgd", 1, null, at);
                cases.Add("muon", 1, null, at);
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_cancelled_training_goes_on_to_the_same_bits(string optimizer, int accumulate, double? average, int at)
    {
        var plain = new Setup(optimizer);
        var options = new TrainingOptions { Epochs = Epochs, AccumulateBatches = accumulate, AverageDecay = average };
        string expected = plain.Bits(plain.Fit(options));

        options = options with { Checkpoints = new(_folder.File("checkpoints")) { InBackground = at % 2 == 0 } };
        Assert.Equal(TrainingEnd.Cancelled, new Setup(optimizer).Fit(options, at).End);
        var second = new Setup(optimizer);
        TrainingResult result = second.Fit(options with { Resume = true });
        Assert.Equal(TrainingEnd.Finished, result.End);
        Assert.Equal(expected, second.Bits(result));
    }

    [Fact]
    public void Saving_often_changes_nothing_and_a_finished_training_resumes_to_its_end()
    {
        var plain = new Setup("adamw");
        var options = new TrainingOptions { Epochs = Epochs };
        string expected = plain.Bits(plain.Fit(options));
        options = options with { Checkpoints = new(_folder.File("checkpoints")) { Keep = 1 }, CheckpointEvery = 1 };
        var often = new Setup("adamw");
        Assert.Equal(expected, often.Bits(often.Fit(options)));
        var again = new Setup("adamw");
        Assert.Equal(expected, again.Bits(again.Fit(options with { Resume = true })));
    }

    [Fact]
    public void More_epochs_may_follow()
    {
        var options = new TrainingOptions { Epochs = 1, Checkpoints = new(_folder.File("checkpoints")) };
        new Setup("adamw").Fit(options);
        var longer = new Setup("adamw");
        TrainingResult result = longer.Fit(options with { Epochs = 2, Resume = true });
        var plain = new Setup("adamw");
        Assert.Equal(plain.Bits(plain.Fit(new() { Epochs = 2 })), longer.Bits(result));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(12)]
    public void A_training_that_was_allowed_few_steps_goes_on_when_it_is_allowed_more(int steps)
    {
        var plain = new Setup("adamw");
        string expected = plain.Bits(plain.Fit(new() { Epochs = Epochs }));
        var options = new TrainingOptions { Epochs = Epochs, MaxSteps = steps, Checkpoints = new(_folder.File("checkpoints")) };
        Assert.Equal(TrainingEnd.OutOfBudget, new Setup("adamw").Fit(options).End);
        var longer = new Setup("adamw");
        Assert.Equal(expected, longer.Bits(longer.Fit(options with { MaxSteps = null, Resume = true })));
    }

    [Fact]
    public void A_new_training_does_not_touch_the_checkpoints_of_another()
    {
        var options = new TrainingOptions { Epochs = 1, Checkpoints = new(_folder.File("checkpoints")) };
        new Setup("adamw").Fit(options);
        string before = options.Checkpoints.Paths[0];
        var error = Assert.Throws<ArgumentException>(() => new Setup("adamw").Fit(options));
        Assert.Equal($"training: a new training's checkpoints go into a folder that holds none, but there is '{before}'. Hint: Resume = true goes on from it.", error.Message);
        Assert.Equal([before], options.Checkpoints.Paths);
    }

    [Fact]
    public void Options_that_need_checkpoints_say_so()
    {
        Assert.Equal("training: resume needs checkpoints, but there are none. Hint: Checkpoints = new(folder).", Assert.Throws<ArgumentException>(() => new Setup("adamw").Fit(new() { Resume = true })).Message);
        Assert.Equal("training: checkpoints are at least one step apart, but checkpointEvery is 0.", Assert.Throws<ArgumentException>(() => new Setup("adamw").Fit(new() { CheckpointEvery = 0 })).Message);
    }
}
