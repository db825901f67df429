using Adjoint.Explaining;
using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Explaining;

/// <summary>The chain-rule products of layers are the gradients of their parameters, by the engine and by finite differences.</summary>
public class LayerTests
{
    public static TheoryData<string> Activations => [.. Makers.Keys];

    static readonly Dictionary<string, Func<Layer>> Makers = new()
    {
        ["sigmoid"] = () => new Sigmoid(),
        ["tanh"] = () => new Tanh(),
        ["relu"] = () => new Relu(),
        ["leaky relu"] = () => new LeakyRelu(0.2),
        ["gelu"] = () => new Gelu(),
        ["silu"] = () => new Silu(),
        ["softplus"] = () => new Softplus(),
    };

    [Theory, MemberData(nameof(Activations))]
    public void Products_are_the_gradients(string activation)
    {
        var random = new Generator(7);
        Sequential net = [new Linear(3, 4, random, dtype: DType.F64), Makers[activation](), new Linear(4, 2, random, dtype: DType.F64), Makers[activation](), new Linear(2, 3, random, dtype: DType.F64)];
        Tensor x = random.Normal([5, 3], dtype: DType.F64), labels = Tensor.From([0L, 2, 1, 1, 0]);
        double Loss()
        {
            using NoGrad off = NoGrad.Scope();
            return net.Call(x).CrossEntropy(labels).Item();
        }

        Explanation explained = Explanation.Of(() => net.Call(x).CrossEntropy(labels));
        Assert.Equal([true, true, false], explained.Layers.Select(l => l.Activation is not null));
        Assert.All(explained.Layers[2].Derivative, d => Assert.Equal(1, d));
        foreach (ExplainedLayer layer in explained.Layers)
        {
            Linear linear = (Linear)net[int.Parse(layer.Name, System.Globalization.CultureInfo.InvariantCulture)];
            Assert.Equal((5, linear.Weight.Shape[1], linear.Weight.Shape[0]), (layer.Rows, layer.Inputs, layer.Outputs));
            Same(linear.Weight.Grad!.ToArray<double>(), layer.WeightGradient, 1e-13);
            Same(linear.Bias!.Grad!.ToArray<double>(), layer.BiasGradient, 1e-13);
            Same(layer.Affine.Outputs[0].Gradient!, layer.Delta, 1e-13);
            Same(Differences(linear.Weight, Loss), layer.WeightGradient, 1e-8);
            Same(Differences(linear.Bias, Loss), layer.BiasGradient, 1e-8);
            Assert.All(layer.WeightTerms(0, 1), t => Assert.Equal(layer.X.Values[(int)((t.Row * layer.Inputs) + 1)], t.Input));
        }
    }

    [Fact]
    public void A_layer_shows_its_activation_in_its_own_letters()
    {
        Sequential net = [new Linear(1, 1, new Generator(1)), new Sigmoid(), new Linear(1, 1, new Generator(2))];
        IReadOnlyList<ExplainedLayer> layers = Explanation.Of(() => net.Call(Tensor.Ones([1, 1])).Sum()).Layers;
        Assert.Equal(("a = sigmoid(z) = 1 / (1 + exp(-z))", "∂a/∂z = a * (1 - a)"), (layers[0].ActivationText, layers[0].DerivativeText));
        Assert.Equal(("a = z", "∂a/∂z = 1"), (layers[1].ActivationText, layers[1].DerivativeText));
    }

    [Fact]
    public void A_function_beside_another_use_of_z_is_no_activation()
    {
        Linear linear = new(2, 2, new Generator(1), bias: false);
        ExplainedLayer layer = Assert.Single(Explanation.Of(() =>
        {
            Tensor z = linear.Call(Tensor.Ones([3, 2]));
            return (z * z.Sigmoid()).Sum();
        }).Layers);
        Assert.Null(layer.Activation);
        Assert.Null(layer.Bias);
        Same([.. linear.Weight.Grad!.ToArray<float>().Select(g => (double)g)], layer.WeightGradient, 1e-6);
    }

    [Fact]
    public void One_row_without_an_axis_of_rows_and_a_layer_that_no_gradient_reaches()
    {
        Linear used = new(2, 2, new Generator(1)), unused = new(2, 2, new Generator(2));
        Explanation explained = Explanation.Of(() =>
        {
            unused.Call(Tensor.Ones([2]));
            return used.Call(Tensor.From([2f, 3])).Tanh().Sum();
        });
        Assert.Equal([1, 1], explained.Layers.Select(l => l.Rows));
        Assert.All(explained.Layers[0].WeightGradient, g => Assert.Equal(0, g));
        Same([.. used.Weight.Grad!.ToArray<float>().Select(g => (double)g)], explained.Layers[1].WeightGradient, 1e-6);
    }

    [Fact]
    public void A_weight_that_does_not_exist_is_named()
    {
        Linear linear = new(2, 3, new Generator(1));
        ExplainedLayer layer = Explanation.Of(() => linear.Call(Tensor.Ones([1, 2])).Sum()).Layers[0];
        Assert.StartsWith("explain: the unit must be from 0 to 2, but it is 3 and layer 'Linear' is [3, 2].", Assert.Throws<ArgumentOutOfRangeException>(() => layer.BiasTerms(3)).Message, StringComparison.Ordinal);
        Assert.StartsWith("explain: the input must be from 0 to 1, but it is -1 and layer 'Linear' is [3, 2].", Assert.Throws<ArgumentOutOfRangeException>(() => layer.WeightTerms(0, -1)).Message, StringComparison.Ordinal);
    }

    static double[] Differences(Tensor parameter, Func<double> loss)
    {
        const double Step = 1e-5;
        double[] values = parameter.ToArray<double>(), slopes = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            slopes[i] = (At(i, Step) - At(i, -Step)) / (2 * Step);
            parameter.Detach().CopyFrom<double>(values);
        }

        return slopes;

        double At(int i, double step)
        {
            double[] moved = [.. values];
            moved[i] += step;
            parameter.Detach().CopyFrom<double>(moved);
            return loss();
        }
    }

    static void Same(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double tolerance)
    {
        Assert.Equal(expected.Count, actual.Count);
        Assert.Contains(expected, e => e != 0);
        Assert.All(expected.Zip(actual), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= tolerance * Math.Max(1, Math.Abs(pair.First)), $"{pair.Second} should be {pair.First}"));
    }
}
