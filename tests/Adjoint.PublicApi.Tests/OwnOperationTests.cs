using Adjoint.Ops;
using Xunit;

namespace Adjoint.PublicApi.Tests;

/// <summary>Operations with several outputs and saved values, and formulas as operations, built from outside.</summary>
public class OwnOperationTests
{
    /// <summary>Polar to Cartesian coordinates: <c>x = r·cos θ</c>, <c>y = r·sin θ</c>. One gradient reads an input, the other the outputs.</summary>
    public sealed record Cartesian : Op, ISampled
    {
        public override int OutputCount => 2;

        protected override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            if (inputs[0].Shape != inputs[1].Shape) throw new ShapeException($"{Name}: r and theta must have the same shape, but r is {inputs[0].Shape} and theta is {inputs[1].Shape}.");
            outputs.Fill(new(inputs[0].Shape, inputs[0].DType));
        }

        protected override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            double[] r = inputs[0].To(DType.F64).ToArray<double>(), theta = inputs[1].To(DType.F64).ToArray<double>();
            for (int axis = 0; axis < 2; axis++)
            {
                double[] values = [.. r.Zip(theta, (length, angle) => length * (axis == 0 ? Math.Cos(angle) : Math.Sin(angle)))];
                using NoGrad off = NoGrad.Scope();
                outputs[axis].CopyFrom(Tensor.From(values, outputs[axis].Shape));
            }
        }

        protected override Saves Needs(int input) => input == 0 ? Saves.Input(1) : Saves.Output(0) | Saves.Output(1);

        protected override Tensor? Vjp(Cotangents dy, int input) => input == 0
            ? (dy.Of(0) * dy.Input(1).Cos()) + (dy.Of(1) * dy.Input(1).Sin())
            : (dy.Of(1) * dy.Output(0)) - (dy.Of(0) * dy.Output(1));

        public override Plain[] Reference(Plain[] inputs) =>
        [
            Plain.Make(inputs[0].Shape, i => inputs[0][i] * Math.Cos(inputs[1][i])),
            Plain.Make(inputs[0].Shape, i => inputs[0][i] * Math.Sin(inputs[1][i])),
        ];

        public static IEnumerable<Sample> Samples(Generator random)
        {
            ArgumentNullException.ThrowIfNull(random);
            yield return new(new Cartesian(), random.Uniform([3, 4], 0.5, 2, DType.F64), random.Uniform([3, 4], -3, 3, DType.F64));
            yield return new(new Cartesian(), random.Uniform([], 0.5, 2, DType.F64), random.Uniform([], -3, 3, DType.F64));
        }

        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => new Cartesian().ApplyAll(Tensor.Ones([2]), Tensor.Ones([3])), "cartesian: r and theta must have the same shape, but r is [2] and theta is [3]."),
        ];
    }

    /// <summary>A smooth step with a setting: <c>y = σ(k·x)</c>.</summary>
    public sealed record SmoothStep(double Steepness) : Elementwise, ISampled
    {
        protected override Formula Rule => Formula.Of(x => Vocabulary.Sigmoid(Steepness * x));

        public static IEnumerable<Sample> Samples(Generator random)
        {
            ArgumentNullException.ThrowIfNull(random);
            yield return new(new SmoothStep(2), random.Uniform([5, 3], -2, 2, DType.F64));
        }
    }

    /// <summary>Product and exponential of two inputs at once.</summary>
    public sealed record ProductAndExp : Elementwise, ISampled
    {
        public override int OutputCount => 2;

        protected override Formula Rule => Formula.Of((a, b) => new[] { a * b, Math.Exp(a) - b * b });

        public static IEnumerable<Sample> Samples(Generator random)
        {
            ArgumentNullException.ThrowIfNull(random);
            yield return new(new ProductAndExp(), random.Uniform([4, 3], -1, 1, DType.F64), random.Uniform([3], -1, 1, DType.F64));
        }
    }

    /// <summary>Two outputs, but it does not say so.</summary>
    sealed record Silent : Elementwise
    {
        protected override Formula Rule => Formula.Of(x => new[] { x, x * x });
    }

    public static TheoryData<Type> Operations => [typeof(Cartesian), typeof(SmoothStep), typeof(ProductAndExp)];

    [Theory, MemberData(nameof(Operations))]
    public void Values_gradients_and_second_gradients_are_right(Type operation)
    {
        Sample[] samples = [.. Registry.Samples(typeof(OwnOperationTests).Assembly).Where(s => s.Op.GetType() == operation)];
        Assert.NotEmpty(samples);
        Assert.All(samples, s => Assert.True(OperationCheck.Run(s).Passed, $"{OperationCheck.Run(s)}"));
    }

    [Fact]
    public void Misuses_are_found_and_earn_their_sentence()
    {
        Misuse[] misuses = [.. Registry.Misuses(typeof(OwnOperationTests).Assembly)];
        Assert.NotEmpty(misuses);
        Assert.All(misuses, m => Assert.Equal(m.Message, Assert.Throws(m.Exception, m.Use).Message));
    }

    [Fact]
    public void A_formula_with_several_outputs_is_an_operation()
    {
        var map = new Map(Formula.Of((a, b) => new[] { a * b, a + 2 * b }));
        Tensor a = Tensor.From([1.0, 2]).AsParameter(), b = Tensor.From([3.0]).AsParameter();
        Tensor[] y = map.ApplyAll(a, b);
        Assert.Equal([3.0, 6], y[0].ToArray<double>());
        Assert.Equal([7.0, 8], y[1].ToArray<double>());
        Tensor?[] dx = Gradients.Of((y[0] * y[1]).Sum(), [a, b]);
        // ∂(ab(a + 2b))/∂a = 2ab + 2b², /∂b = a² + 4ab, summed over the broadcast axis.
        Assert.Equal([24.0, 30], dx[0]!.ToArray<double>());
        Assert.Equal([13.0 + 28], dx[1]!.ToArray<double>());
        // Only one of the outputs leads to the result.
        Assert.Equal([1.0, 1], Gradients.Of(map.ApplyAll(a, b)[1].Sum(), [a])[0]!.ToArray<double>());
    }

    [Fact]
    public void A_gradient_that_only_hands_on_comes_from_the_right_output()
    {
        Tensor a = Tensor.From([1.0, 2]).AsParameter(), b = Tensor.From([3.0, 4]).AsParameter();
        Tensor[] y = new Map(Formula.Of((a, b) => new[] { b, a - b })).ApplyAll(a, b);
        Tensor?[] dx = Gradients.Of((5 * y[0] + 7 * y[1]).Sum(), [a, b]);
        Assert.Equal([7.0, 7], dx[0]!.ToArray<double>());
        Assert.Equal([-2.0, -2], dx[1]!.ToArray<double>());
    }

    [Fact]
    public void A_formula_of_three_tensors_is_differentiable()
    {
        Tensor a = Tensor.From([2.0]).AsParameter(), b = Tensor.From([3.0]).AsParameter(), c = Tensor.From([0.5]).AsParameter();
        Tensor?[] dx = Gradients.Of(a.Zip(b, c, (u, v, w) => u * v * v + Math.Log(w)), [a, b, c]);
        Assert.Equal([9.0, 12, 2], dx.Select(d => d!.Item()));
    }

    [Fact]
    public void Outputs_that_are_not_declared_are_an_error() =>
        Assert.Equal("silent: OutputCount must be the number of the formula's outputs, but it is 1 and 'x, x * x' has 2. Hint: override OutputCount.",
            Assert.Throws<GraphException>(() => new Silent().Apply(Tensor.Ones([2]))).Message);
}
