using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Autograd;

/// <summary>What checkpointing is for: how many values are alive at most, and how often a layer is called for it.</summary>
[Collection(Alone.Name)]
public class CheckpointMemoryTests
{
    const int Elements = 1 << 16;       // one activation

    /// <summary>Beside the kept values: the result, its gradient, and an operation's own result and gradients under way.</summary>
    const int UnderWay = 4;

    [Theory]
    [InlineData(16, 1), InlineData(16, 2), InlineData(16, 4), InlineData(16, 8), InlineData(16, 16), InlineData(36, 6), InlineData(64, 8), InlineData(20, 3)]
    public void N_layers_in_s_segments_keep_n_by_s_and_s_values(int layers, int segments)
    {
        (int peak, int[] calls) = Measure(layers, (functions, x) => Checkpoint.Sequential(functions, x, segments));
        int longest = (layers + segments - 1) / segments;
        Assert.InRange(peak, longest + segments - 1, longest + segments - 1 + UnderWay);
        int last = layers / segments;
        Assert.Equal(Enumerable.Range(0, layers).Select(i => i < layers - last ? 2 : 1), calls);
    }

    [Fact]
    public void The_plain_run_keeps_every_value()
    {
        (int peak, int[] calls) = Measure(64, (functions, x) => functions.Aggregate(x, (v, f) => f(v)));
        Assert.InRange(peak, 64, 64 + UnderWay);
        Assert.All(calls, c => Assert.Equal(1, c));
    }

    [Theory]
    [InlineData(4), InlineData(5), InlineData(6), InlineData(7)]
    public void Halving_again_and_again_keeps_a_logarithm(int doublings)
    {
        (int peak, int[] calls) = Measure(1 << doublings, Halve);
        Assert.InRange(peak, doublings, (2 * doublings) + UnderWay);
        Assert.All(calls, c => Assert.InRange(c, 1, doublings + 1));

        static Tensor Halve(IReadOnlyList<Func<Tensor, Tensor>> functions, Tensor x)
        {
            if (functions.Count == 1) return functions[0](x);
            int half = functions.Count / 2;
            Tensor middle = Checkpoint.Call(v => Halve([.. functions.Take(half)], v), x);
            return Checkpoint.Call(v => Halve([.. functions.Skip(half)], v), middle);
        }
    }

    [Fact]
    public void The_live_set_stays_flat_over_many_steps()
    {
        var random = new Generator(1);
        var model = new CheckpointedSequential([.. Enumerable.Range(0, 9).Select(_ => new Linear(32, 32, random)), new Dropout(0.1, random)]);
        Tensor x = random.Normal([16, 32]);
        GC.Collect();       // what other tests left behind must not be returned in the middle of this one
        GC.WaitForPendingFinalizers();
        long after = 0;
        for (int step = 0; step < 50; step++)
        {
            using (Scope.Begin("step"))
            {
                model.Call(x).Sum().Backward();
                if (step % 2 == 1) _ = Gradients.Of(model.Call(x).Sum(), [model.Parameters()[0]], createGraph: true);
            }

            model.ZeroGrad();
            if (step == 1) after = TensorMemory.LiveBytes;
        }

        Assert.Equal(after, TensorMemory.LiveBytes);
    }

    [Fact]
    public void A_function_that_fails_holds_nothing()
    {
        Tensor x = Tensor.Ones([1000]).AsParameter();
        GC.Collect();       // what other tests left behind must not be returned in the middle of this one
        GC.WaitForPendingFinalizers();
        long before = TensorMemory.LiveBytes;
        using (Scope.Begin("step"))
        {
            Assert.Throws<InvalidOperationException>(() => Checkpoint.Call(v => (v * v).Sum().RequiresGrad ? throw new InvalidOperationException() : v, x));
            Tensor y = Checkpoint.Call(v => Checkpoint.IsRecomputing ? throw new InvalidOperationException() : v * v, x).Sum();
            Assert.Throws<InvalidOperationException>(() => y.Backward());
        }

        Assert.Equal(before, TensorMemory.LiveBytes);
    }

    /// <summary>The most activations alive at once during a step, and the calls of each layer.</summary>
    static (int Peak, int[] Calls) Measure(int layers, Func<IReadOnlyList<Func<Tensor, Tensor>>, Tensor, Tensor> run)
    {
        int[] calls = new int[layers];
        Func<Tensor, Tensor>[] functions = [.. Enumerable.Range(0, layers).Select(i => new Func<Tensor, Tensor>(v =>
        {
            calls[i]++;
            return v.Tanh();
        }))];
        Tensor x = Tensor.Ones([Elements]).AsParameter();
        x.SetGrad(Tensor.Zeros([Elements]));
        GC.Collect();       // what other tests left behind must not be returned in the middle of this one
        GC.WaitForPendingFinalizers();
        long before = TensorMemory.LiveBytes;
        TensorMemory.ResetPeak();
        using (Scope.Begin("step")) run(functions, x).Sum().Backward();
        long peak = TensorMemory.PeakBytes - before;
        return ((int)Math.Round((double)peak / (Elements * sizeof(float)), MidpointRounding.ToZero), calls);
    }
}
