using Adjoint.Formats;
using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Golden;

/// <summary>Twenty-five steps of training, step by step as an independent framework takes them, and the same whatever does not matter.</summary>
[Collection(Alone.Name)]
public class TrainingCurveTests
{
    const int Steps = 25;

    [Fact]
    public void A_multilayer_perceptron_follows_the_framework()
    {
        using SafetensorsFile file = GoldenFile.Open("train_mlp.safetensors");
        Sequential model = Mlp(file);
        MlpCurve(file, model).Check(model, file);
    }

    [Fact]
    public void A_convolution_net_follows_the_framework_with_its_running_statistics()
    {
        using SafetensorsFile file = GoldenFile.Open("train_cnn.safetensors");
        var model = new SmallConvolutionNet(new Generator(1));
        Curve.Load(model, file);
        var optimizer = new Sgd(model.Parameters(), 0.05, 1e-3) { Momentum = 0.9, Nesterov = true };
        Curve.Train(model, optimizer, file.Load("x"), file.Load("y"), Steps).Check(model, file);
    }

    [Fact]
    public void Gpt_follows_the_framework_with_clipping_and_a_schedule()
    {
        using SafetensorsFile file = GoldenFile.Open("train_gpt.safetensors");
        var model = new Gpt(new() { Vocabulary = 29, Context = 16, Width = 24, Layers = 2, Heads = 3 }, new Generator(1), DType.F64);
        Curve.Load(model, file);
        ILookup<bool, Tensor> isMatrix = model.Parameters().ToLookup(p => p.Rank > 1);
        var optimizer = new AdamW([new ParameterGroup(isMatrix[true]) { WeightDecay = 0.1 }, new ParameterGroup(isMatrix[false]) { WeightDecay = 0 }], 3e-3) { Beta2 = 0.95 };
        Tensor ids = file.Load("ids");
        Curve.Train(model, optimizer, ids[.., ..^1], ids[.., 1..], Steps, schedule: new(optimizer, new Cosine(25, 3e-4)), maxNorm: 1).Check(model, file);
    }

    [Fact]
    public void Llama_follows_the_framework()
    {
        using SafetensorsFile file = GoldenFile.Open("train_llama.safetensors");
        var model = new Llama(new() { Vocabulary = 31, Context = 14, Width = 32, Layers = 2, Heads = 4, KeyValueHeads = 2, FeedForward = 48 }, new Generator(1), DType.F64);
        Curve.Load(model, file);
        Tensor ids = file.Load("ids");
        Curve.Train(model, new AdamW(model.Parameters(), 2e-3), ids[.., ..^1], ids[.., 1..], Steps).Check(model, file);
    }

    [Fact]
    public void Batches_in_unequal_parts_follow_the_framework_too()
    {
        using SafetensorsFile file = GoldenFile.Open("train_mlp.safetensors");
        Sequential model = Mlp(file);
        var optimizer = new Sgd(model.Parameters(), 0.1, 1e-4) { Momentum = 0.9 };
        Tensor x = file.Load("x"), y = file.Load("y");
        long rows = x.Shape[0], first = rows / 3;
        var losses = new double[Steps];
        for (int step = 0; step < Steps; step++)
        {
            var accumulation = new GradientAccumulation(model.Parameters());
            foreach ((long from, long to) in ((long, long)[])[(0, first), (first, first + 1), (first + 1, rows)]) accumulation.Backward(model.Call(x.Slice(0, from, to)).CrossEntropy(y.Slice(0, from, to)));
            losses[step] = accumulation.Finish();
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        Curve.Agree(file, "losses", losses);
    }

    [Fact]
    public void Scopes_change_nothing()
    {
        using SafetensorsFile file = GoldenFile.Open("train_mlp.safetensors");
        Curve scoped = MlpCurve(file, Mlp(file)), free = MlpCurve(file, Mlp(file), scoped: false);
        Assert.Equal(scoped.Losses, free.Losses);
        Assert.Equal(scoped.GradientNorms, free.GradientNorms);
    }

    [Fact]
    public void One_and_two_threads_give_the_same_bits()
    {
        using SafetensorsFile file = GoldenFile.Open("train_mlp.safetensors");
        Curve one = WithThreads(1, () => MlpCurve(file, Mlp(file))), two = WithThreads(2, () => MlpCurve(file, Mlp(file)));
        Assert.Equal(one.Losses, two.Losses);
        Assert.Equal(one.GradientNorms, two.GradientNorms);
    }

    [Fact]
    public void Matrices_large_enough_to_be_shared_by_threads_give_the_same_bits()
    {
        (Curve curve, float[] weights) = WithThreads(1, Large);
        foreach (int threads in (int[])[2, 3])
        {
            (Curve other, float[] otherWeights) = WithThreads(threads, Large);
            Assert.Equal(curve.Losses, other.Losses);
            Assert.Equal(weights, otherWeights);
        }

        static (Curve Curve, float[] Weights) Large()
        {
            var random = new Generator(3);
            var model = new Mlp([96, 384, 384, 10], random);
            Tensor x = random.Normal([512, 96]), y = x.Slice(1, 0, 10).Argmax(1);
            Curve curve = Curve.Train(model, new AdamW(model.Parameters()), x, y, 4);
            return (curve, [.. model.Parameters().SelectMany(p => p.Detach().ToArray<float>())]);
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Language_models_give_the_same_bits_on_any_number_of_threads(bool llama)
    {
        (Curve curve, float[] weights) = WithThreads(1, Train);
        foreach (int threads in (int[])[2, 3])
        {
            (Curve other, float[] otherWeights) = WithThreads(threads, Train);
            Assert.Equal(curve.Losses, other.Losses);
            Assert.Equal(curve.GradientNorms, other.GradientNorms);
            Assert.Equal(weights, otherWeights);
        }

        (Curve Curve, float[] Weights) Train()
        {
            var random = new Generator(3);
            Layer model = llama
                ? new Llama(new() { Vocabulary = 300, Context = 96, Width = 96, Layers = 2, Heads = 6, KeyValueHeads = 2, FeedForward = 256 }, random)
                : new Gpt(new() { Vocabulary = 300, Context = 96, Width = 96, Layers = 2, Heads = 6, Dropout = 0.1 }, random);
            Tensor ids = random.Integers([8, 97], 0, 300);
            Curve curve = Curve.Train(model, new AdamW(model.Parameters()), ids[.., ..^1], ids[.., 1..], 2);
            return (curve, [.. model.Parameters().SelectMany(p => p.Detach().ToArray<float>())]);
        }
    }

    static Sequential Mlp(SafetensorsFile file)
    {
        var random = new Generator(1);
        Sequential model = [new Linear(10, 32, random, dtype: DType.F64), new Tanh(), new Linear(32, 32, random, dtype: DType.F64), new Tanh(), new Linear(32, 4, random, dtype: DType.F64)];
        Curve.Load(model, file);
        return model;
    }

    static Curve MlpCurve(SafetensorsFile file, Sequential model, bool scoped = true) =>
        Curve.Train(model, new Sgd(model.Parameters(), 0.1, 1e-4) { Momentum = 0.9 }, file.Load("x"), file.Load("y"), Steps, scoped);

    static T WithThreads<T>(int threads, Func<T> run)
    {
        int before = Adjoint.Kernels.Parallel.Threads;
        try
        {
            Adjoint.Kernels.Parallel.Threads = threads;
            return run();
        }
        finally { Adjoint.Kernels.Parallel.Threads = before; }
    }
}
