using System.Runtime.CompilerServices;
using Adjoint.Kernels;
using Adjoint.Nn;
using Xunit;

namespace Adjoint.Tests.Autograd;

/// <summary>The guard names what made the first number that is not finite, word for word with the line of the call.</summary>
public class NanGuardTests
{
    const string Here = "NanGuardTests.cs";

    static int Line([CallerLineNumber] int line = 0) => line;

    static void Caught(string sentence, Action run)
    {
        using var guard = new NanGuard();
        Assert.Equal(sentence, Assert.Throws<NonFiniteException>(run).Message);
    }

    sealed class Logarithm : Layer
    {
        protected override Tensor Forward(Tensor x) => x.Log();

        public static int Line { get; } = NanGuardTests.Line() - 2;
    }

    [Fact]
    public void A_logarithm_deep_in_a_model_is_named_with_its_module()
    {
        Sequential model = [new Sequential(new Lambda(x => x * 2), new Logarithm()), new Lambda(x => x + 1)];
        Caught($"log: finite inputs must give a finite result, but its result [3] has 1 NaN and 1 -Inf of 3 elements, the others all 1.38629, in '0.1' (Logarithm), called at {Here}:{Logarithm.Line}; input 0 [3] is from -2 to 4 with mean 0.666667.",
            () => model.Call(Tensor.From([-1.0, 0, 2])));
    }

    [Fact]
    public void A_quotient_of_zeros_and_the_place_in_the_exception()
    {
        using var guard = new NanGuard();
        var error = Assert.Throws<NonFiniteException>(() => Tensor.From([1f, 0]) / Tensor.From([2f, 0])); int line = Line();
        Assert.Equal($"divide: finite inputs must give a finite result, but its result [2] has 1 NaN of 2 elements, the others all 0.5, called at {Here}:{line}; input 0 [2] is from 0 to 1 with mean 0.5; input 1 [2] is from 0 to 2 with mean 1.", error.Message);
        Assert.Equal(("divide", Here, line, null), (error.Operation, error.Place!.File, error.Place.Line, error.Place.Module));
        Assert.Contains(nameof(A_quotient_of_zeros_and_the_place_in_the_exception), error.Place.Method, StringComparison.Ordinal);
    }

    [Fact]
    public void What_overflows_in_F32_need_not_in_F64()
    {
        int line = 0;
        Caught($"exp: finite inputs must give a finite result, but its result [2] has 1 Inf of 2 elements, the others all 1, called at {Here}:{Line() + 3}; input 0 [2] is from 0 to 100 with mean 50.", () =>
        {
            line = Line() + 1;
            Tensor.From([0f, 100]).Exp();
        });
        Assert.NotEqual(0, line);
        using var guard = new NanGuard();
        Assert.Equal(Math.Exp(100), Tensor.From([0.0, 100]).Exp().ToArray<double>()[1], 1e30);
        Assert.Throws<NonFiniteException>(() => Tensor.From([1e5]).To(DType.F16));
    }

    [Fact]
    public void A_root_is_finite_at_zero_but_its_gradient_is_not()
    {
        Tensor x = Tensor.From([0.0, 4]).AsParameter("x");
        using var guard = new NanGuard();
        Tensor y = x.Sqrt(); int line = Line();
        Tensor loss = y.Sum();
        Assert.Equal($"sqrt: its gradient must be finite, but the gradient of input 0 [2] has 1 Inf of 2 elements, the others all 0.25, called at {Here}:{line}; the gradient that arrived [2] is all 1; output 0 [2] is from 0 to 2 with mean 1.",
            Assert.Throws<NonFiniteException>(() => loss.Backward()).Message);
    }

    [Fact]
    public void A_length_of_zero_written_by_hand_fails_on_the_way_back()
    {
        Tensor x = Tensor.Zeros([2], DType.F64).AsParameter("x");
        Sequential model = [new Lambda(v => v.Square().Sum().Sqrt())]; int line = Line();
        using var guard = new NanGuard();
        Tensor loss = model.Call(x);
        Assert.Equal($"sqrt: its gradient must be finite, but the gradient of input 0 [] is Inf, in '0' (Lambda), called at {Here}:{line}; the gradient that arrived [] is 1; output 0 [] is 0.",
            Assert.Throws<NonFiniteException>(() => loss.Backward()).Message);
    }

    [Fact]
    public void A_gradient_that_overflows_when_it_is_summed()
    {
        Tensor x = Tensor.From([0f]).AsParameter("x");
        using var guard = new NanGuard();
        Tensor y = x * 1; int line = Line();
        Assert.Equal($"multiply: the gradients of a value that is used several times must have a finite sum, but the gradient of output 0 [1] is Inf, called at {Here}:{line}.",
            Assert.Throws<NonFiniteException>(() => ((y * 3e38f) + (y * 3e38f)).Sum().Backward()).Message);
    }

    [Fact]
    public void Data_that_came_in_with_NaN_is_named_where_it_is_first_used()
    {
        Tensor x = Tensor.From([1f, float.NaN]);
        x.Name = "inputs";
        Caught($"multiply: inputs must be finite, but input 0, 'inputs', [2] has 1 NaN of 2 elements, the others all 1, called at {Here}:{Line() + 1}. Hint: no operation under the guard made it; look where it was loaded, written or computed before.",
            () => (x * 2).Exp());
    }

    [Theory]
    [InlineData(float.NaN, "1 NaN")]
    [InlineData(float.NegativeInfinity, "1 -Inf")]
    public void A_weight_that_was_loaded_with_NaN_is_named_with_its_path(float value, string found)
    {
        Sequential model = [new Linear(2, 2, new Generator(1)), new Linear(2, 1, new Generator(2))];
        Dictionary<string, Tensor> state = model.State().ToDictionary(s => s.Key, s => s.Value.Detach().Copy());
        state["1.Weight"] = Tensor.From([value, 0.5f], [1, 2]);
        model.LoadState(state);
        Caught($"linear: inputs must be finite, but input 1, parameter '1.Weight', [1, 2] has {found} of 2 elements, the others all 0.5, in '1' (Linear), called at {Here}:{Line() + 1}. Hint: no operation under the guard made it; look where it was loaded, written or computed before.",
            () => model.Call(Tensor.Ones([3, 2])));
    }

    [Fact]
    public void A_formula_of_ones_own()
    {
        Caught($"map: finite inputs must give a finite result, but its result [2] has 1 NaN of 2 elements, the others all 2, called at {Here}:{Line() + 1}; input 0 [2] is from -4 to 4 with mean 0.",
            () => Tensor.From([-4.0, 4]).Map(v => Math.Sqrt(v)));
    }

    sealed record Inverse : Op
    {
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) => outputs[0] = new(inputs[0].Shape, DType.F64);

        // The tensor operations in here are part of this one.
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) => outputs[0].CopyFrom(1 / inputs[0]);

        protected internal override Saves Needs(int input) => Saves.Input(0);

        protected internal override Tensor? Vjp(Cotangents dy, int input) => dy.Gradient * dy.Input(0).Log();
    }

    [Fact]
    public void An_operation_of_ones_own_forward_and_backward()
    {
        Caught($"inverse: finite inputs must give a finite result, but its result [2] has 1 Inf of 2 elements, the others all 0.5, called at {Here}:{Line() + 1}; input 0 [2] is from 0 to 2 with mean 1.",
            () => new Inverse().Apply(Tensor.From([0.0, 2])));
        using var guard = new NanGuard();
        Tensor y = new Inverse().Apply(Tensor.From([-1.0]).AsParameter("x")); int line = Line();
        Assert.Equal($"inverse: its gradient must be finite, but the gradient of input 0 [1] is NaN, called at {Here}:{line}; the gradient that arrived [1] is 1; input 0 [1] is -1.",
            Assert.Throws<NonFiniteException>(() => y.Backward()).Message);
    }

    [Fact]
    public void Infinities_on_purpose_are_no_alarm()
    {
        using var guard = new NanGuard();
        var random = new Generator(3);
        Tensor q = random.Normal([1, 2, 4, 8]).AsParameter("q");
        Tensor bias = Tensor.Full([4, 4], double.NegativeInfinity).Triu(1).MaskedFill(Tensor.Eye(4, dtype: DType.Bool), 0).Detach();
        Tensor mask = Tensor.Ones([4, 4], DType.Bool).Triu(1);
        Tensor attention = q.ScaledDotProductAttention(q, q, isCausal: true) + q.ScaledDotProductAttention(q, q, mask.EqualTo(0));
        Tensor scores = q.MatMul(q.T).MaskedFill(mask, double.NegativeInfinity);
        Tensor largest = scores.Amax([-1]).Sum() + scores.LogSumExp([-1]).Sum() + q.MatMul(q.T).Map(v => v > 0 ? v : double.NegativeInfinity).Softmax(-1).Square().Sum();
        Tensor chosen = scores.LogSoftmax(-1).MaskedFill(mask, 0);
        (attention.Sum() + largest + chosen.Sum() + bias.EqualTo(0).Where(q.MatMul(q.T), double.NegativeInfinity).Softmax(-1).Square().Sum()).Backward();
        Assert.True(q.Grad!.ToArray<float>().All(float.IsFinite));
    }

    [Fact]
    public void An_infinity_on_purpose_is_an_alarm_where_it_turns_to_NaN_or_is_the_loss()
    {
        Tensor mask = Tensor.From([true, true]);
        int filled = 0;
        using var guard = new NanGuard();
        Tensor scores = Tensor.From([1.0, 2]).AsParameter("scores").MaskedFill(mask, double.NegativeInfinity); filled = Line();
        Assert.Equal($"backward: the result that is differentiated must be finite, but [] is -Inf, called at {Here}:{Line() + 1}; the first infinity was let through by masked_fill, called at {Here}:{filled}.",
            Assert.Throws<NonFiniteException>(() => scores.Sum().Backward()).Message);
        Assert.Equal($"softmax: infinities must not become NaN, but its result [2] has 2 NaN of 2 elements, called at {Here}:{Line() + 1}; input 0 [2] has 2 -Inf of 2 elements.",
            Assert.Throws<NonFiniteException>(() => scores.Softmax(-1)).Message);
    }

    [Fact]
    public void Guards_end_in_order_and_nothing_is_guarded_after()
    {
        var outer = new NanGuard();
        var inner = new NanGuard();
        Assert.Equal("observer: observers end in the reverse order of their beginning, on the same thread, but NanGuard was ended inside NanGuard.", Assert.Throws<InvalidOperationException>(outer.Dispose).Message);
        inner.Dispose();
        Assert.Throws<NonFiniteException>(() => Tensor.From([-1f]).Log());
        outer.Dispose();
        Assert.True(float.IsNaN(Tensor.From([-1f]).Log().ToArray<float>()[0]));
    }

    [Theory]
    [InlineData(DType.F64), InlineData(DType.F32), InlineData(DType.BF16), InlineData(DType.F16)]
    public void Every_place_of_every_type_is_looked_at(DType dtype)
    {
        const int Length = 133;
        for (int i = 0; i < Length; i++)
        {
            foreach ((double value, NonFiniteKinds kind) in new[] { (double.NaN, NonFiniteKinds.NaN), (double.PositiveInfinity, NonFiniteKinds.Infinity), (double.NegativeInfinity, NonFiniteKinds.Infinity), (60000, NonFiniteKinds.None) })
            {
                double[] values = new double[Length];
                values[i] = value;
                values[Length - 1 - i] = i == Length / 2 ? values[i] : -0.0;
                Assert.Equal(kind, Numbers.Find(Tensor.From(values).To(dtype)));
            }
        }

        Assert.Equal(NonFiniteKinds.None, Numbers.Find(Tensor.Full([3], -1, DType.I64)));
    }
}
