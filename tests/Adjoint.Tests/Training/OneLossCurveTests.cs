using Adjoint.Data;
using Adjoint.Formats;
using Adjoint.Nn;
using Adjoint.Optim;
using Adjoint.Tests.Formats;
using Adjoint.Tests.Golden;
using Adjoint.Training;
using Xunit;

namespace Adjoint.Tests.Training;

/// <summary>One model, one loss curve: whatever saves memory or time, and whatever interrupts, gives the losses of the plain loop.</summary>
[Collection(Alone.Name)]
public sealed class OneLossCurveTests : IDisposable
{
    /// <summary>Of 64 rows, 33 and 31 make a step, or three parts of at most 11 do.</summary>
    const int Epochs = 8, Rows = 33, PartRows = 11, StepsOfEpoch = 2, Layers = 3;

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The multilayer perceptron of the golden file, with its data, an order of rows and a schedule.</summary>
    sealed class Setup
    {
        readonly List<(double Loss, long Rows)> _parts = [];
        double _squares;

        public Setup(DType dtype, Func<Sequential, Layer>? wrap = null, double dropout = 0, int batch = Rows)
        {
            using SafetensorsFile file = GoldenFile.Open("train_mlp.safetensors");
            var random = new Generator(1);
            Sequential net =
            [
                new Linear(10, 32, random, dtype: DType.F64), new Tanh(), new Linear(32, 32, random, dtype: DType.F64), new Tanh(),
                new Linear(32, 4, random, dtype: DType.F64), .. dropout > 0 ? (Layer[])[new Dropout(dropout, random)] : [],
            ];
            Curve.Load(net, file);
            net.To(dtype);
            Model = wrap?.Invoke(net) ?? net;
            Optimizer = new Sgd(Model.Parameters(), 0.1, 1e-4) { Momentum = 0.9 };
            Schedule = new(Optimizer, new Cosine(Epochs * StepsOfEpoch, 0.01));
            Data = new(TensorDataset.Classification(file.Load("x").To(dtype), file.Load("y"), 4), batch, new Generator(5));
        }

        public Layer Model { get; }

        public Sgd Optimizer { get; }

        public LearningRateSchedule Schedule { get; }

        public DataLoader Data { get; }

        /// <summary>The root of the mean square of all scores that the model gave.</summary>
        public double Size => Math.Sqrt(_squares / _parts.Count);

        /// <summary>The loss of each batch, in order.</summary>
        public double[] Losses => [.. _parts.Select(p => p.Loss)];

        /// <summary>The loss of each step of several batches, whose rows count alike.</summary>
        public double[] StepLosses(int batches)
        {
            int batchesOfEpoch = (int)Data.Batches;
            return [.. _parts.Chunk(batchesOfEpoch).SelectMany(epoch => epoch.Chunk(batches)).Select(step => step.Sum(p => p.Loss * p.Rows) / step.Sum(p => p.Rows))];
        }

        /// <summary>The loop that anybody would write.</summary>
        public double[] Loop()
        {
            var losses = new List<double>();
            for (int epoch = 0; epoch < Epochs; epoch++)
            {
                foreach (Batch batch in Data)
                {
                    using Scope scope = Scope.Begin("step");
                    Tensor loss = Model.Call(batch.Inputs).CrossEntropy(batch.Targets);
                    losses.Add(loss.Item());
                    loss.Backward();
                    Optimizer.Step();
                    Optimizer.ZeroGrad();
                    Schedule.Step();
                }
            }

            return [.. losses];
        }

        /// <summary>The same loop, with each batch in parts of quite different sizes.</summary>
        public double[] LoopInParts()
        {
            var losses = new List<double>();
            for (int epoch = 0; epoch < Epochs; epoch++)
            {
                foreach (Batch batch in Data)
                {
                    var accumulation = new GradientAccumulation(Model.Parameters());
                    foreach ((long from, long to) in ((long, long)[])[(0, 1), (1, 8), (8, batch.Count)])
                    {
                        using Scope scope = Scope.Begin("part");
                        accumulation.Backward(Model.Call(batch.Inputs.Slice(0, from, to)).CrossEntropy(batch.Targets.Slice(0, from, to)));
                    }

                    losses.Add(accumulation.Finish());
                    Optimizer.Step();
                    Optimizer.ZeroGrad();
                    Schedule.Step();
                }
            }

            return [.. losses];
        }

        /// <summary>The trainer; losses are noted where it asks for them.</summary>
        public TrainingResult Fit(TrainingOptions? options = null, int cancelAt = int.MaxValue)
        {
            using var stop = new CancellationTokenSource();
            var objective = new Objective((output, targets) =>
            {
                Tensor loss = output.CrossEntropy(targets);
                _parts.Add((loss.Item(), targets.Shape[0]));
                _squares += output.Detach().Square().Mean().Item();
                return loss;
            });
            int steps = 0;
            return new Trainer(Model, Optimizer, objective, Schedule).Fit(Data, options: (options ?? new()) with { Epochs = Epochs }, progress: new Each(p =>
            {
                if (p.Completed is null && ++steps == cancelAt) stop.Cancel();
            }), cancellation: stop.Token);
        }

        public double[] Fitted(TrainingOptions? options = null)
        {
            Assert.Equal(TrainingEnd.Finished, Fit(options).End);
            return Losses;
        }
    }

    static double[] Plain(DType dtype, double dropout = 0)
    {
        double[] losses = new Setup(dtype, dropout: dropout).Loop();
        Assert.Equal(Epochs * StepsOfEpoch, losses.Length);
        // A curve that goes nowhere would prove nothing.
        Assert.InRange(losses[^StepsOfEpoch..].Average(), 0, 0.75 * losses[..StepsOfEpoch].Average());
        return losses;
    }

    static readonly Dictionary<string, Func<Sequential, Layer>> Wraps = new()
    {
        ["each layer"] = net => new Sequential(net.Select(layer => new Checkpointed(layer))),
        ["segments"] = net => new CheckpointedSequential(net),
        ["all"] = net => new Checkpointed(net),
    };

    [Theory]
    [InlineData(DType.F32, 0)]
    [InlineData(DType.F64, 0)]
    [InlineData(DType.F32, 0.1)]
    public void The_trainer_is_the_plain_loop(DType dtype, double dropout) => Assert.Equal(Plain(dtype, dropout), new Setup(dtype, dropout: dropout).Fitted());

    // The same arithmetic, done twice: the same bits. Dropout draws again what it drew.
    [Theory]
    [InlineData(DType.F32, 0, "each layer")]
    [InlineData(DType.F64, 0, "each layer")]
    [InlineData(DType.F32, 0.1, "each layer")]
    [InlineData(DType.F32, 0.1, "segments")]
    [InlineData(DType.F64, 0.1, "all")]
    public void Checkpointed(DType dtype, double dropout, string how)
    {
        double[] plain = Plain(dtype, dropout);
        Assert.Equal(plain, new Setup(dtype, Wraps[how], dropout).Loop());
        Assert.Equal(plain, new Setup(dtype, Wraps[how], dropout).Fitted());
    }

    // Sums of a batch in another order: some ulps at each step, and training does not enlarge them much.
    [Theory]
    [InlineData(DType.F32, 1e-6)]
    [InlineData(DType.F64, 1e-12)]
    public void Accumulated(DType dtype, double tolerance)
    {
        double[] plain = Plain(dtype);
        Agree(plain, new Setup(dtype).LoopInParts(), tolerance);
        var parts = new Setup(dtype, batch: PartRows);
        Assert.Equal(TrainingEnd.Finished, parts.Fit(new() { AccumulateBatches = Rows / PartRows }).End);
        double[] accumulated = parts.StepLosses(Rows / PartRows);
        Agree(plain, accumulated, tolerance);
        // And recomputed meanwhile: the bits of the accumulated ones.
        var both = new Setup(dtype, Wraps["segments"], batch: PartRows);
        both.Fit(new() { AccumulateBatches = Rows / PartRows });
        Assert.Equal(accumulated, both.StepLosses(Rows / PartRows));
    }

    // In the middle of the first, of a later and of the last epoch, and between two.
    [Theory]
    [InlineData(1), InlineData(2), InlineData(7), InlineData(15)]
    public void Interrupted_and_resumed(int at)
    {
        double[] plain = Plain(DType.F32, 0.1);
        var options = new TrainingOptions { Checkpoints = new(_folder.File("checkpoints")) };
        Setup first = new(DType.F32, dropout: 0.1), second = new(DType.F32, dropout: 0.1);
        Assert.Equal(TrainingEnd.Cancelled, first.Fit(options, at).End);
        Assert.Equal(at, first.Losses.Length);
        double[] rest = second.Fitted(options with { Resume = true });
        Assert.Equal(plain, (double[])[.. first.Losses, .. rest]);
    }

    /// <summary>Products round what they read and what they give; nothing else does.</summary>
    /// <remarks>
    /// u is the unit roundoff, half the distance of neighbours at 1: 2⁻⁸ in BF16, 2⁻¹¹ in F16. A rounding is off by u/√3 of the value on average (evenly spread between −u and u), and each of the three
    /// layers rounds its input, its weights and its output; tanh enlarges nothing. So a score of the size S moves by √9·u/√3·S = √3·u·S. The gradient of a row's cross entropy by its scores is at most
    /// √2 long, and the mean over R rows takes 1/√R of what moves each of them by itself: √2·√3·u·S/√R. Allowed are four times as much: the roundings of the weights are the same in every row,
    /// and gradients, with them the weights of later steps, carry the same roundings again.
    /// </remarks>
    [Theory]
    [InlineData("bfloat16-mixed", 8)]
    [InlineData("float16-mixed", 11)]
    public void Mixed(string name, int bits)
    {
        double[] plain = Plain(DType.F32);
        Precision precision = name == "bfloat16-mixed" ? Precision.Bfloat16Mixed : Precision.Float16Mixed;
        var mixed = new Setup(DType.F32);
        TrainingResult result = mixed.Fit(new() { Precision = precision });
        // A step left out for an overflow would be another curve.
        Assert.All(result.Epochs, e => Assert.Equal(0, e.SkippedSteps));
        double tolerance = 4 * Math.Sqrt(2 * Layers) * Math.Pow(2, -bits) * mixed.Size / Math.Sqrt(64 - Rows);
        double worst = plain.Zip(mixed.Losses, (a, b) => Math.Abs(a - b)).Max();
        TestContext.Current.SendDiagnosticMessage($"{name}: differs by at most {worst:0.0e+0}, allowed are {tolerance:0.0e+0}; losses from {plain[0]:0.000} to {plain[^1]:0.000}; scores of about {mixed.Size:0.0}");
        Assert.Equal(plain.Length, mixed.Losses.Length);
        Assert.InRange(worst, double.Epsilon, tolerance);
        // Recomputed, to the same bits.
        Assert.Equal(mixed.Losses, new Setup(DType.F32, Wraps["segments"]).Fitted(new() { Precision = precision }));
    }

    static void Agree(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), p => Assert.InRange(Math.Abs(p.Second - p.First) / Math.Abs(p.First), 0, tolerance));
    }
}
