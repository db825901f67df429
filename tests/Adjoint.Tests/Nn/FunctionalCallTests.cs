using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Nn;

/// <summary>Modules as functions of their parameters, under transforms.</summary>
public class FunctionalCallTests
{
    static readonly Generator Random = new(4);

    static Sequential Mlp()
    {
        var model = new Sequential(new Linear(6, 8, Random), new LayerNorm([8]), new Tanh(), new Linear(8, 3, Random));
        model.To(DType.F64);
        return model;
    }

    static Sequential ConvolutionNet()
    {
        var model = new Sequential(new Conv2d(1, 4, 3, Random), new Relu(), new MaxPool2d(2), new Flatten(), new Linear(16, 3, Random));
        model.To(DType.F64);
        return model;
    }

    public static TheoryData<string> Models => ["mlp", "convolution"];

    [Theory, MemberData(nameof(Models))]
    public void Per_sample_gradients_are_those_of_a_loop_over_samples_and_no_operation_loops(string kind)
    {
        Sequential model = kind == "mlp" ? Mlp() : ConvolutionNet();
        Tensor xs = Random.Normal(kind == "mlp" ? [5, 6] : [5, 1, 6, 6], dtype: DType.F64), labels = Random.Integers([5], 0, 3);
        Func<OrderedDictionary<string, Tensor>, Tensor, Tensor, Tensor> loss = (p, x, t) => model.FunctionalCall(p, x.Unsqueeze(0)).CrossEntropy(t.Unsqueeze(0));
        long loops = Op.Loops;
        OrderedDictionary<string, Tensor> each = Transform.Vmap(Transform.Grad(loss), [null, 0, 0])(model.ParameterValues(), xs, labels);
        Assert.Equal(loops, Op.Loops);
        Assert.All(model.Parameters(), p => Assert.Null(p.Grad));
        for (int sample = 0; sample < 5; sample++)
        {
            model.ZeroGrad();
            model.Call(xs.Slice(0, sample, sample + 1)).CrossEntropy(labels.Slice(0, sample, sample + 1)).Backward();
            foreach ((string name, Tensor parameter) in model.NamedParameters())
            {
                double[] expected = parameter.Grad!.ToArray<double>(), actual = each[name].Select(0, sample).ToArray<double>();
                Assert.Equal(expected.Length, actual.Length);
                for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-12);
            }
        }
    }

    [Fact]
    public void An_ensemble_of_models_is_a_map_over_their_parameters()
    {
        Sequential model = Mlp();
        OrderedDictionary<string, Tensor>[] members = [.. Enumerable.Range(0, 3).Select(_ => Mlp().ParameterValues())];
        var stacked = new OrderedDictionary<string, Tensor>(members[0].Select(p => KeyValuePair.Create(p.Key, Tensor.Stack([.. members.Select(m => m[p.Key])]))));
        Tensor x = Random.Normal([4, 6], dtype: DType.F64);
        Tensor all = Transform.Vmap((OrderedDictionary<string, Tensor> p, Tensor t) => model.FunctionalCall(p, t), [0, null])(stacked, x);
        for (int i = 0; i < 3; i++)
        {
            double[] expected = model.FunctionalCall(members[i], x).ToArray<double>(), actual = all.Select(0, i).ToArray<double>();
            for (int j = 0; j < expected.Length; j++) Assert.Equal(expected[j], actual[j], 1e-12);
        }
    }

    [Fact]
    public void The_module_keeps_its_own_parameters_whatever_happens()
    {
        Sequential model = Mlp();
        Tensor x = Random.Normal([2, 6], dtype: DType.F64);
        double[] before = model.Call(x).ToArray<double>();
        var zeros = new Dictionary<string, Tensor> { ["0.Weight"] = Tensor.Zeros([8, 6], DType.F64) };
        Assert.NotEqual(before, model.FunctionalCall(zeros, x).ToArray<double>());
        Assert.Throws<ShapeException>(() => model.FunctionalCall(zeros, Tensor.Zeros([2, 5], DType.F64)));
        Assert.Equal(before, model.Call(x).ToArray<double>());
        Assert.All(model.Parameters(), p => Assert.True(p.IsLeaf));
    }

    [Fact]
    public void Misuse_is_told_plainly()
    {
        Sequential model = Mlp();
        Tensor x = Tensor.Zeros([2, 6], DType.F64);
        Assert.Equal("functional call: names must be those of the module's parameters and buffers, but 'Weight' is none of Sequential.",
            Assert.Throws<ArgumentException>(() => model.FunctionalCall(new Dictionary<string, Tensor> { ["Weight"] = x }, x)).Message);
        Assert.Equal("functional call: a value must have the shape of what it stands for, but '0.Weight' is [8, 6] and the value is [2, 6].",
            Assert.Throws<ShapeException>(() => model.FunctionalCall(new Dictionary<string, Tensor> { ["0.Weight"] = x }, x)).Message);
    }
}
