using Adjoint.Kernels;
using Adjoint.Kernels.Formulas;
using Adjoint.Nn;
using Adjoint.Optim;
using Xunit;

namespace Adjoint.Tests.Kernels;

/// <summary>When a formula's loop is interpreted, and when it is compiled.</summary>
[Collection(Alone.Name)]
public sealed class KernelCacheTests : IDisposable
{
    const uint NoScalars = 0;
    const long Little = 1000;

    readonly long _before = KernelCache.Patience;

    public KernelCacheTests() => KernelCache.Patience = 10_000;

    public void Dispose() => KernelCache.Patience = _before;

    [Fact]
    public void A_loop_is_compiled_when_it_has_had_enough_to_do()
    {
        Formula formula = Formula.Of(x => (x * 2) + 1);
        var cache = new KernelCache();
        Kernel first = cache.Get(formula, DType.F32, NoScalars, Little), second = cache.Get(formula, DType.F32, NoScalars, Little);
        Assert.Same(first, second);
        Kernel compiled = cache.Get(formula, DType.F32, NoScalars, 20_000);
        Assert.NotSame(first, compiled);
        Assert.Same(compiled, cache.Get(formula, DType.F32, NoScalars, Little));
    }

    [Fact]
    public void Many_short_calls_are_enough_too()
    {
        Formula formula = Formula.Of(x => (x * 3) + 1);
        var cache = new KernelCache();
        Kernel first = cache.Get(formula, DType.F64, NoScalars, 1);
        int calls = 1;
        while (ReferenceEquals(first, cache.Get(formula, DType.F64, NoScalars, 1)) && calls < 100) calls++;
        Assert.InRange(calls, 2, 99);
    }

    [Fact]
    public void Each_type_and_each_set_of_scalars_counts_for_itself()
    {
        Formula formula = Formula.Of((a, b) => a * b);
        var cache = new KernelCache();
        Kernel[] interpreted = [cache.Get(formula, DType.F32, 0, Little), cache.Get(formula, DType.F32, 1, Little), cache.Get(formula, DType.I64, 0, Little)];
        cache.Get(formula, DType.F32, 0, 20_000);
        Assert.Same(interpreted[1], cache.Get(formula, DType.F32, 1, Little));
        Assert.Same(interpreted[2], cache.Get(formula, DType.I64, 0, Little));
    }

    [Fact]
    public void Where_nothing_can_be_compiled_it_stays_interpreted()
    {
        Formula formula = Formula.Of(x => x - 7);
        var cache = new KernelCache();
        Formula.Interpreted = true;
        try
        {
            Kernel first = cache.Get(formula, DType.F32, NoScalars, Little);
            Assert.Same(first, cache.Get(formula, DType.F32, NoScalars, 1_000_000));
        }
        finally { Formula.Interpreted = false; }
    }

    [Fact]
    public void A_training_run_has_the_same_bits_wherever_its_loops_are_compiled()
    {
        Formula.Interpreted = true;
        double[] interpreted;
        try { interpreted = Losses(); }
        finally { Formula.Interpreted = false; }
        double[] compiledOnTheWay = Losses(), compiled = Losses();
        Assert.Equal(interpreted, compiledOnTheWay);
        Assert.Equal(interpreted, compiled);
    }

    /// <summary>Thirty steps of a network whose formulas, by their constants, no other test has had compiled.</summary>
    static double[] Losses()
    {
        using Scope scope = Scope.Begin("run");
        var random = new Generator(5);
        Sequential net = [new Linear(7, 33, random), new Lambda(x => x.Map(v => Vocabulary.Sigmoid(1.0234 * v) * v)), new Linear(33, 3, random)];
        var optimizer = new AdamW(net.Parameters(), 1e-2) { Beta1 = 0.8765 };
        Tensor x = random.Normal([19, 7]), y = random.Integers([19], 0, 3);
        double[] losses = new double[30];
        for (int i = 0; i < losses.Length; i++)
        {
            using Scope step = Scope.Begin("step");
            Tensor loss = net.Call(x).CrossEntropy(y);
            loss.Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
            losses[i] = loss.Item();
        }

        return losses;
    }
}
