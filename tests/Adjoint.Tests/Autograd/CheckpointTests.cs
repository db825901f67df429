using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Autograd;

/// <summary>A checkpointed call gives what the plain call gives, to the bit, and says so when it cannot.</summary>
public class CheckpointTests
{
    static Tensor Values(int seed, params long[] shape) => new Generator((ulong)seed).Normal(Shape.Create(shape), dtype: DType.F64);
    static Tensor Parameter(int seed, params long[] shape) => Values(seed, shape).AsParameter();
    static double[] GradOf(Tensor leaf) => leaf.Grad!.ToArray<double>();

    [Fact]
    public void Inputs_and_captured_parameters_get_the_plain_gradients()
    {
        Tensor x = Parameter(1, 3, 4), weight = Parameter(2, 4, 5);
        Tensor Function(Tensor v) => (v.MatMul(weight).Tanh() * v.Sum()).Exp();
        Function(x).Sum().Backward();
        double[] dx = GradOf(x), dWeight = GradOf(weight);
        x.SetGrad(null);
        weight.SetGrad(null);

        Tensor y = Checkpoint.Call(Function, x);
        Assert.Equal(Function(x).Detach().ToArray<double>(), y.Detach().ToArray<double>());
        y.Sum().Backward();
        Assert.Equal(dx, GradOf(x));
        Assert.Equal(dWeight, GradOf(weight));
    }

    [Fact]
    public void Inputs_and_captured_values_may_come_from_the_graph_and_depend_on_each_other()
    {
        Tensor leaf = Parameter(1, 4);
        double[] plain = Run((f, a, b) => f(a, b)), checkpointed = Run(Checkpoint.Call);
        Assert.Equal(plain.Length, checkpointed.Length);
        for (int i = 0; i < plain.Length; i++) Assert.Equal(plain[i], checkpointed[i], 1e-12);

        double[] Run(Func<Func<Tensor, Tensor, Tensor>, Tensor, Tensor, Tensor> call)
        {
            leaf.SetGrad(null);
            Tensor a = leaf.Tanh(), captured = a * leaf;
            (call((p, q) => (p * q * captured) + leaf, a, captured) * a).Sum().Backward();
            return GradOf(leaf);
        }
    }

    [Fact]
    public void One_value_given_twice_gets_its_whole_gradient_once()
    {
        Tensor x = Tensor.From([2.0, 3.0]).AsParameter();
        Checkpoint.Call((a, b) => a * b * x, x, x).Sum().Backward();
        Assert.Equal([12, 27], GradOf(x));
    }

    [Fact]
    public void A_function_that_returns_its_input_or_a_parameter_as_it_is()
    {
        Tensor x = Tensor.From([2.0]).AsParameter(), weight = Tensor.From([5.0]).AsParameter();
        Tensor[] y = Checkpoint.CallAll(inputs => [inputs[0], weight, inputs[0]], x);
        (y[0] + (y[1] * 3) + (y[2] * 10)).Sum().Backward();
        Assert.Equal([11], GradOf(x));
        Assert.Equal([3], GradOf(weight));
    }

    [Fact]
    public void Several_results_of_which_one_is_not_used_and_one_takes_no_gradient()
    {
        Tensor x = Tensor.From([2.0, -1.0]).AsParameter(), constant = Tensor.From([1.0, 4.0]);
        Tensor[] y = Checkpoint.CallAll(inputs => [inputs[0] * inputs[1], inputs[0].Exp(), inputs[1] * 2, inputs[0].Argmax(0)], x, constant);
        Assert.Equal([true, true, false, false], y.Select(t => t.RequiresGrad));
        y[0].Sum().Backward();
        Assert.Equal([1, 4], GradOf(x));
        Assert.Equal([2, 8], y[2].ToArray<double>());
    }

    [Fact]
    public void A_pair_of_results()
    {
        Tensor a = Tensor.From([2.0]).AsParameter(), b = Tensor.From([3.0]).AsParameter();
        (Tensor sum, Tensor product) = Checkpoint.Call((p, q) => (p + q, p * q), a, b);
        (sum + (product * 10)).Sum().Backward();
        Assert.Equal([31], GradOf(a));
        Assert.Equal([21], GradOf(b));
    }

    [Fact]
    public void Only_parameters_require_a_gradient()
    {
        Tensor x = Tensor.From([2.0]), weight = Tensor.From([5.0]).AsParameter();
        Checkpoint.Call(v => v * weight, x).Sum().Backward();
        Assert.Equal([2], GradOf(weight));
    }

    [Fact]
    public void Second_and_third_derivatives_go_through()
    {
        Tensor x = Tensor.From([0.7, -1.2]).AsParameter(), weight = Tensor.From([1.5, 0.3]).AsParameter();
        double[][] plain = Derivatives((f, v) => f(v)), checkpointed = Derivatives(Checkpoint.Call);
        double[][] nested = Derivatives((f, v) => Checkpoint.Call(u => Checkpoint.Call(f, u), v));
        for (int i = 0; i < plain.Length; i++)
        {
            for (int j = 0; j < plain[i].Length; j++)
            {
                Assert.Equal(plain[i][j], checkpointed[i][j], 1e-12);
                Assert.Equal(plain[i][j], nested[i][j], 1e-12);
            }
        }

        double[][] Derivatives(Func<Func<Tensor, Tensor>, Tensor, Tensor> call)
        {
            Tensor y = call(v => (v * weight).Tanh() * v, x.Exp()).Sum();
            Tensor first = Gradients.Of(y, [x], createGraph: true)[0]!;
            Tensor?[] second = Gradients.Of(first.Sum(), [x, weight], createGraph: true);
            Tensor third = Gradients.Of((second[0]! + second[1]!).Sum(), [weight])[0]!;
            return [first.Detach().ToArray<double>(), second[0]!.Detach().ToArray<double>(), second[1]!.Detach().ToArray<double>(), third.ToArray<double>()];
        }
    }

    [Fact]
    public void Gradients_as_values_touch_only_what_was_asked_for()
    {
        Tensor x = Tensor.From([2.0]).AsParameter(), weight = Tensor.From([5.0]).AsParameter();
        Tensor middle = x * 3, y = Checkpoint.Call(v => v * v * weight, middle).Sum();
        Assert.Equal([60], Gradients.Of(y, [middle], retainGraph: true)[0]!.ToArray<double>());
        Assert.Equal([36], Gradients.Of(y, [weight])[0]!.ToArray<double>());
        Assert.Null(x.Grad);
        Assert.Null(weight.Grad);
    }

    [Fact]
    public void A_sink_gets_every_leaf_once_and_a_retained_graph_runs_again()
    {
        Tensor x = Tensor.From([2.0]).AsParameter(), weight = Tensor.From([5.0]).AsParameter();
        Tensor y = (Checkpoint.Call(v => v * weight, x) * x * weight).Sum();
        var sink = new Listing();
        y.Backward(retainGraph: true, sink: sink);
        y.Backward(sink: sink);
        // d(x·w·x·w)/dx = 2xw² = 100, d/dw = 2x²w = 40
        Assert.Equal(["100", "100", "40", "40"], sink.Lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Dropout_drops_the_same_and_leaves_the_stream_where_a_plain_run_leaves_it()
    {
        Tensor x = Parameter(1, 64);
        (double[] Gradient, double Next) plain = Run((f, v) => f(v)), checkpointed = Run(Checkpoint.Call);
        Assert.Equal(plain.Gradient, checkpointed.Gradient);
        Assert.Equal(plain.Next, checkpointed.Next);
        (double[] Gradient, double Next) nested = Run((f, v) => Checkpoint.Call(u => Checkpoint.Call(f, u), v));
        Assert.Equal(plain.Gradient, nested.Gradient);
        Assert.Equal(plain.Next, nested.Next);

        (double[] Gradient, double Next) Run(Func<Func<Tensor, Tensor>, Tensor, Tensor> call)
        {
            x.SetGrad(null);
            var random = new Generator(7);
            Tensor y = call(v => v.Tanh().Dropout(0.5, random).Dropout(random.NextDouble(), random), x);
            _ = random.NextDouble();        // somebody else draws before the backward pass
            y.Sum().Backward();
            return (GradOf(x), random.NextDouble());
        }
    }

    [Fact]
    public void Without_recording_it_is_a_plain_call()
    {
        Tensor x = Tensor.From([2.0]).AsParameter();
        int calls = 0;
        Tensor Function(Tensor v)
        {
            calls++;
            return v * v;
        }

        using (NoGrad.Scope()) Assert.False(Checkpoint.Call(Function, x).RequiresGrad);
        Assert.Equal([4], Checkpoint.Call(Function, x.Detach()).ToArray<double>());
        Assert.Equal(2, calls);
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void Nested_checkpoints_call_each_function_once_more_for_each_level(int levels)
    {
        Tensor x = Tensor.From([0.5]).AsParameter();
        int calls = 0;
        Func<Tensor, Tensor> function = v =>
        {
            calls++;
            return v.Sin();
        };
        for (int level = 0; level < levels; level++)
        {
            Func<Tensor, Tensor> inner = function;
            function = v => Checkpoint.Call(inner, v);
        }

        function(x).Sum().Backward();
        Assert.Equal(levels + 1, calls);
        Assert.Equal(Math.Cos(0.5), GradOf(x)[0], 1e-12);
    }

    [Fact]
    public void An_input_overwritten_before_the_backward_pass_is_named()
    {
        Tensor x = Tensor.From([2.0]), weight = Tensor.From([5.0]).AsParameter("weight");
        Tensor y = Checkpoint.Call(v => v * weight, x).Sum();
        x.CopyFrom(Tensor.From([3.0]));
        int now = x.Storage.Version;        // memory from the pool goes on counting
        Fails($"backward: checkpoint saved input 0 [1] for its gradient, but it was overwritten in place afterwards (version {now - 1}, now {now}). Hint: write in place after the backward pass, or to a copy.", y);

        y = Checkpoint.Call(v => v * weight, x).Sum();
        using (NoGrad.Scope()) weight.CopyFrom(Tensor.From([3.0]));
        now = weight.Storage.Version;
        Fails($"backward: checkpoint saved input 1 'weight' [1] for its gradient, but it was overwritten in place afterwards (version {now - 1}, now {now}). Hint: write in place after the backward pass, or to a copy.", y);
    }

    [Fact]
    public void A_function_that_does_something_else_the_second_time_is_told_what()
    {
        Tensor x = Tensor.From([2.0, 3.0]).AsParameter(), other = Tensor.From([1.0, 1.0]).AsParameter("other");
        Differs(again => again ? [x * x] : [x * x, x + 1], "checkpoint: a function must give the same when it is recomputed, but it gave 2 results at first and 1 now.");
        Differs(again => [again ? (x * x).Sum() : x * x], "checkpoint: a function must give the same when it is recomputed, but result 0 was F64 [2] at first and is F64 [] now.");
        Differs(again => [again ? (x * x).To(DType.F32) : x * x], "checkpoint: a function must give the same when it is recomputed, but result 0 was F64 [2] at first and is F32 [2] now.");
        Differs(again => [again ? x * other : x * x], "checkpoint: a function must use the same values when it is recomputed, but 'other' of shape [2] was not used at first. Hint: pass it as an input, and change nothing between the forward and the backward pass.");
        Differs(again => [Checkpoint.Call(v => again ? v * other : v * v, x)], "checkpoint: a function must use the same values when it is recomputed, but a tensor of shape [2] was not used at first. Hint: pass it as an input, and change nothing between the forward and the backward pass.");

        const string Draws = "checkpoint: a function must draw the same random numbers when it is recomputed, but it drew others than at first. Hint: what it does must not depend on anything that changes between the forward and the backward pass.";
        var random = new Generator(1);
        Differs(again => [again ? x * x : x.Dropout(0.5, random)], Draws);
        Differs(again => [again ? x.Dropout(0.5, random) : x * x], Draws);

        void Differs(Func<bool, Tensor[]> function, string message) =>
            Fails(message, Checkpoint.CallAll(_ => function(Checkpoint.IsRecomputing), x)[0].Sum());
    }

    [Fact]
    public void A_value_that_leaves_by_another_way_has_no_gradient()
    {
        Tensor x = Tensor.From([2.0]).AsParameter(), leaked = x;
        Tensor y = Checkpoint.Call(v => { leaked = Scope.Current!.Keep(v.Exp()); return leaked * 2; }, x);
        Assert.False(y.IsReleased);
        Fails("checkpoint: what a checkpointed function computes leaves it as its result only, but 'exp' is asked for its gradient from outside. Hint: return the tensor from the function.", leaked.Sum());
    }

    [Fact]
    public void A_backward_pass_inside_is_refused()
    {
        Tensor x = Tensor.From([2.0]).AsParameter();
        var error = Assert.Throws<GraphException>(() => Checkpoint.Call(v => Gradients.Of((v * v).Sum(), [v])[0]!, x));
        Assert.Equal("backward: a checkpointed function keeps nothing that a backward pass reads, but it runs one itself. Hint: differentiate outside of it.", error.Message);
        Assert.False(Checkpoint.IsRecomputing);
        (x * x).Sum().Backward();       // the failure left nothing behind
        Assert.Equal([4], GradOf(x));
    }

    [Fact]
    public void Batch_norm_moves_its_running_statistics_once()
    {
        double[][] plain = Train(checkpoint: false), checkpointed = Train(checkpoint: true);
        for (int i = 0; i < plain.Length; i++) Assert.Equal(plain[i], checkpointed[i]);

        static double[][] Train(bool checkpoint)
        {
            var norm = new BatchNorm(3, dtype: DType.F64);
            Layer layer = checkpoint ? new Checkpointed(norm) : norm;
            Tensor x = Parameter(4, 8, 3);
            for (int step = 0; step < 3; step++) (layer.Call(x) * Values(5, 8, 3)).Sum().Backward();
            return [norm.RunningMean.ToArray<double>(), norm.RunningVariance.ToArray<double>(), GradOf(norm.Weight!), GradOf(x)];
        }
    }

    [Fact]
    public void Paths_are_those_of_the_layer_itself()
    {
        var random = new Generator(1);
        Sequential plain = [new Linear(2, 3, random), new Residual(new Linear(3, 3, random))];
        Sequential checkpointed = [.. plain.Select(layer => new Checkpointed(layer))];
        Assert.Equal(plain.State().Keys, checkpointed.State().Keys);
        Assert.Equal(plain.State().Keys, new CheckpointedSequential(plain).State().Keys);
    }

    static void Fails(string message, Tensor loss) =>
        Assert.Equal(message, Assert.Throws<GraphException>(() => loss.Backward()).Message);

    sealed class Listing : IGradientSink
    {
        public List<string> Lines { get; } = [];

        public void Ready(Tensor leaf, Tensor gradient) => Lines.Add(gradient.ToArray<double>()[0].ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
