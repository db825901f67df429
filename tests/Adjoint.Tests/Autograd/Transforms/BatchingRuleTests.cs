using Adjoint.Ops;
using Xunit;

namespace Adjoint.Tests.Autograd.Transforms;

/// <summary>Every operation, mapped, gives what a loop over the items gives, and so do its gradients: every batching rule is tested by this.</summary>
public class BatchingRuleTests
{
    const int Items = 3;
    const double Tolerance = 1e-11;

    static readonly Sample[] All = [.. Registry.Samples()];

    public static TheoryData<int> Samples => [.. Enumerable.Range(0, All.Length)];

    [Theory, MemberData(nameof(Samples), DisableDiscoveryEnumeration = true)]
    public void A_mapped_operation_gives_what_a_loop_gives(int sample)
    {
        using Scope scope = Scope.Begin("test");
        Sample s = All[sample];
        foreach (bool[] mapped in Patterns(s.Inputs.Length))
        {
            Tensor[][] items = ItemsOf(s, mapped);
            Plain[] expected = Stacked([.. items.Select(x => s.Op.ApplyAll(x))]);
            Tensor[] actual = Mapped(x => s.Op.ApplyAll(x), mapped)(Stack(items, mapped));
            double error = OperationCheck.Error(actual, expected);
            Assert.True(error <= Tolerance, $"{s} mapped over [{string.Join(", ", mapped)}]: {error}");
        }
    }

    [Theory, MemberData(nameof(Samples), DisableDiscoveryEnumeration = true)]
    public void The_gradient_of_a_mapped_operation_is_that_of_a_loop_whichever_comes_first(int sample)
    {
        Sample s = All[sample];
        int[] moved = [.. Enumerable.Range(0, s.Inputs.Length).Where(s.IsDifferentiable)];
        if (moved.Length == 0) return;
        using Scope scope = Scope.Begin("test");
        Tensor Loss(Tensor[] x) => s.Op.ApplyAll(x).Where(y => y.DType.IsFloat).Select((y, i) => (y * Weights(y.Shape, i)).Sum()).Aggregate((a, b) => a + b);
        if (!s.Op.ApplyAll(s.Inputs).Any(y => y.DType.IsFloat)) return;
        foreach (bool[] mapped in Patterns(s.Inputs.Length))
        {
            Tensor[][] items = ItemsOf(s, mapped);
            Plain[] each = Stacked([.. items.Select(x => Slopes(x, moved, Loss))]);

            // Per item: a gradient inside, whose parts of shared inputs are per item too.
            Tensor[] inside = Mapped(x => Slopes(x, moved, Loss), mapped)(Stack(items, mapped));
            Assert.True(OperationCheck.Error(inside, each) <= Tolerance, $"{s} mapped over [{string.Join(", ", mapped)}], gradient inside: {OperationCheck.Error(inside, each)}");

            // Of all items: the gradient outside, which adds up what shared inputs get from every item.
            Tensor[] outside = Slopes(Stack(items, mapped), moved, x => Mapped(y => [Loss(y)], mapped)(x)[0].Sum());
            Plain[] sums = [.. moved.Select((input, i) => mapped[input] ? each[i] : Plain.From(Tensor.From(each[i].Values, each[i].Shape).Sum(0)))];
            Assert.True(OperationCheck.Error(outside, sums) <= Tolerance, $"{s} mapped over [{string.Join(", ", mapped)}], gradient outside: {OperationCheck.Error(outside, sums)}");
        }
    }

    // A new operation without a rule loops, and is right; it is listed here so that somebody decides that it may.
    [Fact]
    public void Few_operations_loop()
    {
        HashSet<Type> looped = [];
        foreach (Sample s in All)
        {
            using Scope scope = Scope.Begin("test");
            foreach (bool[] mapped in Patterns(s.Inputs.Length))
            {
                long before = Op.Loops;
                _ = Mapped(x => s.Op.ApplyAll(x), mapped)(Stack(ItemsOf(s, mapped), mapped));
                if (Op.Loops > before) looped.Add(s.Op.GetType());
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{looped.Count} of {Registry.Operations().Count} operations loop for some inputs: {string.Join(", ", looped.Select(t => t.Name).Order(StringComparer.Ordinal))}");
        string[] allowed = ["BatchNorm", "BatchNormBackward", "CrossEntropy", "CrossEntropyBackward", "CtcLoss", "CtcLossBackward", "GruSequence", "GruSequenceBackward", "LstmSequence", "LstmSequenceBackward", "QuantizedLinear"];
        Assert.Empty(looped.Select(t => t.Name).Except(allowed));
    }

    static Tensor[] Slopes(Tensor[] x, int[] moved, Func<Tensor[], Tensor> loss) =>
        Transform.Grad((Tensor[] w) =>
        {
            Tensor[] inputs = [.. x];
            for (int i = 0; i < moved.Length; i++) inputs[moved[i]] = w[i];
            return loss(inputs);
        })([.. moved.Select(i => x[i])]);

    static Tensor Weights(Shape shape, int output) =>
        Tensor.From([.. Enumerable.Range(0, (int)shape.Elements).Select(i => 1 + (0.5 * Math.Sin((7 * i) + (3 * output))))], shape);

    /// <summary>All inputs mapped, and each of several alone.</summary>
    static IEnumerable<bool[]> Patterns(int inputs)
    {
        yield return [.. Enumerable.Repeat(true, inputs)];
        for (int i = 0; i < inputs && inputs > 1; i++) yield return [.. Enumerable.Range(0, inputs).Select(j => i == j)];
    }

    static Func<Tensor[], Tensor[]> Mapped(Func<Tensor[], Tensor[]> f, bool[] mapped) => x =>
    {
        Tensor[] own = [.. x.Where((_, i) => mapped[i])], shared = [.. x.Where((_, i) => !mapped[i])];
        return Transform.Vmap((Tensor[] a, Tensor[] b) =>
        {
            int nextOwn = 0, nextShared = 0;
            return f([.. mapped.Select(m => m ? a[nextOwn++] : b[nextShared++])]);
        }, [0, null])(own, shared);
    };

    /// <summary>Items with the sample's own values in another order: they stay in its range.</summary>
    static Tensor[][] ItemsOf(Sample s, bool[] mapped) =>
        [.. Enumerable.Range(0, Items).Select(item => s.Inputs.Select((x, i) => mapped[i] && !(s.Op is CtcLoss or CtcLossBackward && !x.DType.IsFloat) ? Turned(x, item) : x).ToArray())];

    // Lengths and labels of sequences belong together: they stay.
    static Tensor Turned(Tensor x, int by) => x.Elements < 2 || by == 0 ? x : x.Reshape(-1).Roll(by, 0).Reshape(x.Shape);

    static Tensor[] Stack(Tensor[][] items, bool[] mapped) => [.. mapped.Select((m, i) => m ? Tensor.Stack([.. items.Select(x => x[i])]) : items[0][i])];

    static Plain[] Stacked(Tensor[][] outputs) => [.. Enumerable.Range(0, outputs[0].Length).Select(o => Plain.From(Tensor.Stack([.. outputs.Select(y => y[o])])))];
}
