using Adjoint.Models;
using Adjoint.Nn;
using Adjoint.Profiling;
using Xunit;

namespace Adjoint.Tests.Tensors;

/// <summary>Tensors with a shape and without numbers.</summary>
[Collection(Alone.Name)]
public class ShapeOnlyTests
{
    const int Rank = 16;

    [Fact]
    public void Whatever_makes_a_tensor_makes_its_shape()
    {
        using ShapeOnlyScope scope = ShapeOnly.Scope();
        var random = new Generator(1);
        Tensor[] made =
        [
            Tensor.Zeros([2, 3]), Tensor.Ones([2, 3]), Tensor.Full([2, 3], 7), Tensor.Eye(2, 3), Tensor.From([1f, 2, 3, 4, 5, 6], [2, 3]), Tensor.Arange(6).Reshape(2, 3).To(DType.F32), random.Normal([2, 3]), random.Uniform([2, 3]),
            Init.Orthogonal(random, [2, 3]), Init.TruncatedNormal(random, [2, 3]), Tensor.Ones([2, 3]) + 1, Tensor.Ones([3, 2]).T, Tensor.Ones([2, 5]).MatMul(Tensor.Ones([5, 3])),
        ];
        Shape expected = [2, 3];
        Assert.All(made, x => Assert.Equal((true, expected, DType.F32), (x.IsShapeOnly, x.Shape, x.DType)));
        Assert.True(Tensor.Scalar(1).IsShapeOnly);
    }

    [Fact]
    public void Reading_says_that_there_is_nothing()
    {
        Tensor x;
        using (ShapeOnly.Scope()) x = Tensor.Zeros([2, 3]);
        const string Sentence = "tensor: only a tensor with numbers can be read or computed with, but a tensor of shape [2, 3] was made inside ShapeOnly.Scope() and has a shape only. Hint: make it outside of the scope.";
        Assert.Equal(Sentence, Assert.Throws<ShapeOnlyException>(() => x.ToArray<float>()).Message);
        Assert.Equal(Sentence, Assert.Throws<ShapeOnlyException>(() => Tensor.Zeros([2, 3]).CopyFrom(x)).Message);
        Assert.Equal("tensor: only a tensor with numbers can be read or computed with, but 'loss' of shape [] was made inside ShapeOnly.Scope() and has a shape only. Hint: make it outside of the scope.", Assert.Throws<ShapeOnlyException>(() =>
        {
            Tensor sum = x.Sum();       // of a tensor without numbers there is none either, inside of the scope or outside
            sum.Name = "loss";
            return sum.Item();
        }).Message);
        Assert.Equal("shape [2, 3], F32, shape only", x.ToString());
        Assert.False(Tensor.Zeros([2]).IsShapeOnly);
        x.Fill(3);
        x.CopyFrom(Tensor.Ones([3]));
        Assert.Throws<ShapeException>(() => x.CopyFrom(Tensor.Ones([4])));
        Assert.Throws<ShapeException>(() => x + Tensor.Ones([4]));
    }

    [Fact]
    public void A_stream_of_random_numbers_moves_on_all_the_same()
    {
        Generator with = new(1), without = new(1);
        _ = with.Normal([3, 5]);
        using (ShapeOnly.Scope()) _ = without.Normal([3, 5]);
        Assert.Equal(with.State, without.State);
    }

    public static TheoryData<string, long, Func<Module>> Published => new()
    {
        { "Llama 3.1 405B", 405_853_388_800, () => new Llama(LlamaSettings.Llama31Of405B, new(1)) },
        { "Llama 3.1 70B", 70_553_706_496, () => new Llama(LlamaSettings.Llama31Of70B, new(1)) },
        { "Llama 3.1 8B", 8_030_261_248, () => new Llama(LlamaSettings.Llama31Of8B, new(1), DType.BF16) },
        { "GPT-2 124M", 124_439_808, () => new Gpt(GptSettings.Gpt2Of124M, new(1)) },
        { "GPT-2 1558M", 1_557_611_200, () => new Gpt(GptSettings.Gpt2Of1558M, new(1)) },
        { "ResNet-50", 25_557_032, () => ResNet.ImageNet50(1000, new(1)) },
    };

    [Theory, MemberData(nameof(Published), DisableDiscoveryEnumeration = true)]
    public void Models_of_any_size_are_made_in_a_few_megabytes(string name, long parameters, Func<Module> make)
    {
        long live = TensorMemory.LiveBytes, before = GC.GetAllocatedBytesForCurrentThread();
        TensorMemory.ResetPeak();
        using ShapeOnlyScope scope = ShapeOnly.Scope();
        Module model = make();
        Assert.True(parameters == model.ParameterCount, $"{name} has {parameters:N0} parameters, not {model.ParameterCount:N0}");
        Assert.InRange(TensorMemory.PeakBytes - live, long.MinValue, 0);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    public static TheoryData<long, string[]> Adapters => new()
    {
        { 101_154_816, ["*.Query", "*.Value"] },
        { 202_309_632, ["*.Query", "*.Key", "*.Value", "*.AttentionOutput"] },
        { 623_443_968, ["Blocks.*"] },
    };

    [Theory, MemberData(nameof(Adapters))]
    public void Adapters_of_the_largest_llama_are_counted(long parameters, string[] targets)
    {
        using ShapeOnlyScope scope = ShapeOnly.Scope();
        var model = new Llama(LlamaSettings.Llama31Of405B, new(1));
        var settings = new LoraSettings { Rank = Rank, Alpha = 32, Targets = targets };
        Assert.Equal(parameters, settings.CountParameters(model));
        Assert.Equal(parameters, Lora.Attach(model, settings, new(1)).Sum(p => p.Elements));
    }

    public static TheoryData<string> Models => ["gpt", "llama", "lenet", "resnet"];

    static (Layer Model, Tensor X) Make(string kind) => kind switch
    {
        "gpt" => (new Gpt(new() { Vocabulary = 11, Context = 8, Width = 16, Layers = 2, Heads = 2, Dropout = 0.1 }, new(1)), new Generator(2).Integers([3, 6], 0, 11)),
        "llama" => (new Llama(LlamaSettings.Stories260K, new(1)), new Generator(2).Integers([3, 6], 0, 512)),
        "lenet" => (new LeNet(new(1)), new Generator(2).Normal([2, 1, 28, 28])),
        _ => (new ResNet([1, 1], 5, new(1), width: 8, isBottleneck: true, isForSmallImages: true), new Generator(2).Normal([2, 3, 16, 16])),
    };

    [Theory, MemberData(nameof(Models))]
    public void A_step_without_numbers_has_the_shapes_and_the_cost_of_one_with_them(string kind)
    {
        (Layer model, Tensor x) = Make(kind);
        (long, long, Shape, string[]) with = Step(model, x);
        using ShapeOnlyScope scope = ShapeOnly.Scope();
        (model, x) = Make(kind);
        Assert.Equal(with, Step(model, x), (a, b) => (a.Item1, a.Item2, a.Item3) == (b.Item1, b.Item2, b.Item3) && a.Item4.SequenceEqual(b.Item4));

        static (long, long, Shape, string[]) Step(Layer model, Tensor x)
        {
            using var cost = new CostCounter(model.Parameters());
            Tensor y = model.Call(x);
            y.Flatten(0, -2).CrossEntropy(Tensor.Zeros([y.Elements / y.Shape[^1]], DType.I64)).Backward();
            Assert.True(cost.SavedBytes > 0);
            return (cost.ForwardFlops, cost.BackwardFlops, y.Shape, [.. model.Parameters().Select(p => $"{p.Grad!.Shape} {p.Grad.DType}")]);
        }
    }

    [Theory, MemberData(nameof(Models))]
    public void Saved_bytes_are_those_that_memory_shows(string kind)
    {
        (Layer model, Tensor x) = Make(kind);
        GC.Collect();       // what others have forgotten must not come back meanwhile
        GC.WaitForPendingFinalizers();
        long live = TensorMemory.LiveBytes;
        using var cost = new CostCounter([.. model.Parameters(), x]);
        using (Scope scope = Scope.Begin("forward")) _ = scope.Keep(model.Call(x).Mean());
        long kept = TensorMemory.LiveBytes - live, loss = 64;
        Assert.InRange(cost.SavedBytes, 1, long.MaxValue);
        Assert.InRange(kept - loss, 0, cost.SavedBytes);
        // Parameters' gradients are not there yet; what the graph does not keep has been returned.
        Assert.InRange(kept - loss, 0.97 * cost.SavedBytes, cost.SavedBytes);
    }

    [Fact]
    public void A_file_is_read_for_its_shapes_alone()
    {
        using var folder = new Formats.TemporaryFolder();
        string path = folder.File("model.safetensors");
        Adjoint.Formats.Safetensors.Write(path, new Dictionary<string, Tensor> { ["w"] = Tensor.Ones([3, 4], DType.BF16) });
        using ShapeOnlyScope scope = ShapeOnly.Scope();
        using Adjoint.Formats.SafetensorsFile file = Adjoint.Formats.Safetensors.Read(path);
        Tensor read = file.LoadAll()["w"];
        Assert.Equal((true, DType.BF16, 12), (read.IsShapeOnly, read.DType, read.Elements));
    }

    [Fact]
    public async Task A_scope_ends_on_its_own_thread()
    {
        ShapeOnlyScope scope = ShapeOnly.Scope();
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(() => scope.Dispose()));
        thread.Start();
        thread.Join();
        Assert.StartsWith("shape only: it is chosen for one thread, but it was chosen on thread ", Assert.IsType<InvalidOperationException>(error).Message, StringComparison.Ordinal);
        scope.Dispose();
        Assert.False(Tensor.Zeros([1]).IsShapeOnly);
        await Task.CompletedTask;
    }
}
