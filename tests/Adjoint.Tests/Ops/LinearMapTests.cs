using Adjoint.Nn;
using Xunit;
using LinearMap = Adjoint.Ops.LinearMap;
using Map = Adjoint.Ops.Map;
using Parallel = Adjoint.Kernels.Parallel;

namespace Adjoint.Tests.Ops;

/// <summary>A linear layer with a formula behind it is the layer, then the formula: to the bit in F32, forward and backward.</summary>
[Collection(Alone.Name)]
public sealed class LinearMapTests
{
    static readonly Formula Gelu = Formula.Of(s => Vocabulary.GeluTanh(s)), Residual = Formula.Of((s, r) => r + s);

    // Sums in one go and in several; tiles, panels, a row and a column.
    public static TheoryData<int, int, int> Sizes => new() { { 5, 7, 3 }, { 130, 100, 70 }, { 37, 300, 801 }, { 700, 50, 60 }, { 400, 2900, 30 }, { 1, 40, 30 }, { 40, 1, 30 } };

    [Theory, MemberData(nameof(Sizes))]
    public void F32_gives_the_bits_of_two_passes_on_any_number_of_threads(int m, int n, int k)
    {
        var random = new Generator(3);
        Tensor x = random.Normal([m, k]), weight = random.Normal([n, k]), bias = random.Normal([n]), residual = random.Normal([m, n]), slope = random.Normal([m, n]);
        int before = Parallel.Threads;
        try
        {
            foreach (int threads in new[] { 1, 2, 4 })
            {
                Parallel.Threads = threads;
                Same([x, weight, bias], t => new Map(Gelu).Apply(t[0].Linear(t[1], t[2])), t => t[0].LinearMap(t[1], t[2], Gelu));
                Same([x, weight, bias, residual], t => new Map(Residual).Apply(t[0].Linear(t[1], t[2]), t[3]), t => t[0].LinearMap(t[1], t[2], Residual, t[3]));
            }
        }
        finally { Parallel.Threads = before; }

        void Same(Tensor[] inputs, Func<Tensor[], Tensor> two, Func<Tensor[], Tensor> one)
        {
            (float[] y, float[][] slopes) = Run(two);
            (float[] fused, float[][] fusedSlopes) = Run(one);
            Assert.Equal(y, fused);
            for (int i = 0; i < slopes.Length; i++) Assert.Equal(slopes[i], fusedSlopes[i]);

            (float[], float[][]) Run(Func<Tensor[], Tensor> f)
            {
                Tensor[] leaves = [.. inputs.Select(t => t.Copy().AsParameter())];
                Tensor y = f(leaves);
                (y * slope).Sum().Backward();
                return (y.ToArray<float>(), [.. leaves.Select(t => t.Grad!.ToArray<float>())]);
            }
        }
    }

    [Fact]
    public void In_mixed_precision_a_residual_stays_in_F32_and_an_activation_is_rounded_once()
    {
        var random = new Generator(4);
        Tensor x = random.Normal([33, 70]), weight = random.Normal([50, 70]), bias = random.Normal([50]), residual = random.Normal([33, 50]);
        Tensor sums = x.To(DType.BF16).To(DType.F32).Linear(weight, bias);
        using (Precision.Bfloat16Mixed.Scope())
        {
            Tensor added = x.LinearMap(weight, bias, Residual, residual), active = x.LinearMap(weight, bias, Gelu);
            Assert.Equal(DType.F32, added.DType);
            Assert.Equal((residual + sums).ToArray<float>(), added.ToArray<float>());
            Assert.Equal(DType.BF16, active.DType);
            Assert.Equal(sums.Gelu(approximate: true).To(DType.BF16).ToArray<BFloat16>(), active.ToArray<BFloat16>());
        }

        using (Precision.Float16Mixed.Scope()) Assert.Equal(DType.F32, x.LinearMap(weight, bias, Residual, residual).DType);
    }

    [Fact]
    public void What_the_gradient_needs_is_kept_and_nothing_else()
    {
        // tanh and ReLU differentiate from y, a residual from nothing: only GELU stores its sums.
        Assert.Equal(0, new LinearMap(Formula.Of(s => Math.Tanh(s)), true).HiddenOutputs);
        Assert.Equal(0, new LinearMap(Residual, true).HiddenOutputs);
        Assert.Equal(1, new LinearMap(Gelu, true).HiddenOutputs);
    }

    [Fact]
    public void Sequential_joins_a_linear_layer_and_its_activation_unless_somebody_looks()
    {
        var random = new Generator(5);
        Sequential net = [new Linear(20, 30, random), new Relu(), new Linear(30, 4, random), new Tanh()];
        Tensor x = random.Normal([7, 20]);
        float[] joined = net.Call(x).ToArray<float>();
        Assert.Equal("linear_map, linear_map", Operations(x));
        int seen = 0;
        using (((Layer)net[1]).RegisterForwardHook((_, y) => { seen++; return y; }))
        {
            Assert.Equal("linear, relu, linear_map", Operations(x));
            Assert.Equal(joined, net.Call(x).ToArray<float>());
        }

        Assert.Equal(2, seen);

        string Operations(Tensor input)
        {
            var names = new List<string>();
            for (GraphNode? node = net.Call(input).Producer; node is Node made; node = made.Producers.First()) names.Insert(0, made.Op.Name);
            return string.Join(", ", names);
        }
    }

    [Fact]
    public void Layers_with_adapters_quantized_weights_or_hooks_let_the_formula_follow()
    {
        var random = new Generator(6);
        var layer = new Linear(8, 6, random);
        Tensor x = random.Normal([3, 8]), residual = random.Normal([3, 6]);
        float[] expected = (layer.Call(x) + residual).ToArray<float>();
        Assert.Equal(expected, layer.Call(x, Residual, residual).ToArray<float>());
        int seen = 0;
        using (layer.RegisterForwardHook((_, y) => { seen++; return y * 2; }))
            Assert.Equal(((layer.Call(x)) + residual).ToArray<float>(), layer.Call(x, Residual, residual).ToArray<float>());
        Assert.Equal(2, seen);
    }
}
