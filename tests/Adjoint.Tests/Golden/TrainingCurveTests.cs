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
        Check(file, model, MlpCurve(file, model));
    }

    [Fact]
    public void A_convolution_net_follows_the_framework_with_its_running_statistics()
    {
        using SafetensorsFile file = GoldenFile.Open("train_cnn.safetensors");
        var model = new SmallConvolutionNet(new Generator(1));
        Curve.Load(model, file);
        var optimizer = new Sgd(model.Parameters(), 0.05, 1e-3) { Momentum = 0.9, Nesterov = true };
        Check(file, model, Curve.Train(model, optimizer, file.Load("x"), file.Load("y"), Steps));
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
    public void Checkpointing_changes_nothing()
    {
        using SafetensorsFile file = GoldenFile.Open("train_mlp.safetensors");
        Sequential plain = Mlp(file), each = Mlp(file), segmented = Mlp(file);
        Curve expected = MlpCurve(file, plain);
        foreach (Layer model in (Layer[])[new Sequential(each.Select(layer => new Checkpointed(layer))), new CheckpointedSequential(segmented)])
        {
            Curve curve = MlpCurve(file, model);
            Assert.Equal(expected.Losses, curve.Losses);
            Assert.Equal(expected.GradientNorms, curve.GradientNorms);
        }
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

    static Sequential Mlp(SafetensorsFile file)
    {
        var random = new Generator(1);
        Sequential model = [new Linear(10, 32, random, dtype: DType.F64), new Tanh(), new Linear(32, 32, random, dtype: DType.F64), new Tanh(), new Linear(32, 4, random, dtype: DType.F64)];
        Curve.Load(model, file);
        return model;
    }

    static Curve MlpCurve(SafetensorsFile file, Layer model, bool scoped = true) =>
        Curve.Train(model, new Sgd(model.Parameters(), 0.1, 1e-4) { Momentum = 0.9 }, file.Load("x"), file.Load("y"), Steps, scoped);

    static void Check(SafetensorsFile file, Layer model, Curve curve)
    {
        Agree(file, "losses", curve.Losses);
        Agree(file, "grad_norms", curve.GradientNorms);
        OrderedDictionary<string, Tensor> state = model.State();
        string[] final = [.. file.Names.Where(n => n.StartsWith("final/", StringComparison.Ordinal))];
        Assert.Equal(state.Count, final.Length);
        foreach (string name in final) Agree(file, name, state[Curve.Path(name["final/".Length..])].Detach().ToArray<double>());
    }

    static void Agree(SafetensorsFile file, string name, double[] actual)
    {
        Plain expected = Plain.From(file.Load(name));
        double error = Adjoint.Ops.OperationCheck.Error([Tensor.From(actual, expected.Shape)], [expected]);
        Assert.True(error <= 1e-9, $"{name}: relative error {error:0.0e+0}");
    }

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
