using Adjoint.Nn;
using Adjoint.Ops;
using Adjoint.Optim;
using Xunit;

namespace Adjoint.PublicApi.Tests;

/// <summary>What users write outside the library is treated like what is inside. This project sees nothing internal.</summary>
public class OwnPartsTests
{
    /// <summary>Running sums from the end, <c>y[i] = Σ x[i…]</c>, with a loop of its own.</summary>
    sealed record Remaining : Op, ISampled
    {
        protected override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) =>
            outputs[0] = inputs[0].Rank == 1 ? new(inputs[0].Shape, inputs[0].DType) : throw new ShapeException($"{Name}: x must be [N], but it is {inputs[0].Shape}.");

        protected override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        {
            if (inputs[0].DType == DType.F64) Sum<double>(inputs[0].Contiguous(), outputs[0]);
            else Sum<float>(inputs[0].Contiguous(), outputs[0]);
        }

        protected override Tensor? Vjp(Cotangents dy, int input) => dy.Gradient.CumSum(0);

        public override Plain[] Reference(Plain[] inputs) => [Plain.Make(inputs[0].Shape, i => inputs[0].Values[(int)i[0]..].Sum())];

        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new Remaining(), random.Normal([5], dtype: DType.F64)),
            new(new Remaining(), random.Normal([4, 2], dtype: DType.F64).Select(1, 0)),
        ];

        static void Sum<T>(Tensor x, Tensor y) where T : unmanaged, System.Numerics.INumber<T>
        {
            ReadOnlySpan<T> from = x.AsSpan<T>();
            Span<T> to = y.AsWritableSpan<T>();
            T sum = T.Zero;
            for (int i = from.Length - 1; i >= 0; i--) to[i] = sum += from[i];
            GC.KeepAlive(x);
        }
    }

    sealed class Cubic : Layer
    {
        readonly Tensor _scale = Tensor.Full([3], 2, DType.F64).AsParameter();

        protected override Tensor Forward(Tensor x) => x.Zip(_scale, (v, s) => v + s * v * v * v);
    }

    sealed class SignDescent(IEnumerable<Tensor> parameters) : FormulaOptimizer([new ParameterGroup(parameters)], learningRate: 0.5, weightDecay: 0)
    {
        protected override Rule MakeRule() => new(Formula.Of((w, g, seen, rate) => new[] { w - rate * Math.Sign(g), seen + 1 }), "seen");

        protected override void Scalars(ParameterGroup group, long step, Span<double> scalars) => scalars[0] = group.LearningRate / step;
    }

    [Fact]
    public void An_operation_passes_the_checks_of_the_library()
    {
        Assert.Contains(typeof(Remaining), Registry.Operations(typeof(OwnPartsTests).Assembly));
        Sample[] samples = [.. Registry.Samples(typeof(OwnPartsTests).Assembly).Where(s => s.Op is Remaining)];
        Assert.Equal(2, samples.Length);
        Assert.All(samples, s => Assert.True(OperationCheck.Run(s).Passed, $"{OperationCheck.Run(s)}"));
        Assert.Equal("remaining: x must be [N], but it is [2, 2].", Assert.Throws<ShapeException>(() => new Remaining().Apply(Tensor.Zeros([2, 2]))).Message);
    }

    [Fact]
    public void A_layer_and_an_optimizer_train()
    {
        var layer = new Cubic();
        var optimizer = new SignDescent(layer.Parameters());
        Tensor x = Tensor.From([1.0, 2, -3]);
        for (int step = 0; step < 2; step++)
        {
            Tensor y = layer.Call(x);
            if (step == 0) Assert.Equal([3.0, 18, -57], y.ToArray<double>());
            y.Sum().Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        Assert.Equal([1.25, 1.25, 2.75], layer.Parameters()[0].ToArray<double>());
        Assert.Equal([2.0, 2, 2], optimizer.State()["Scale.seen"].ToArray<double>());
    }

    [Fact]
    public void Writing_where_elements_lie_is_an_in_place_write()
    {
        Tensor w = Tensor.Ones([2]).AsParameter("w");
        Assert.Equal("writable span: a tensor that requires a gradient cannot be written in place while operations are recorded, but 'w' requires one. Hint: write under NoGrad.Scope(), or to a copy.",
            Assert.Throws<GraphException>(() => { w.AsWritableSpan<float>(); }).Message);
        Tensor y = w.Square().Sum();
        using (NoGrad.Scope()) w.AsWritableSpan<float>()[1] = 5;
        Assert.Equal([1f, 5f], w.ToArray<float>());
        Assert.Contains("overwritten in place", Assert.Throws<GraphException>(() => y.Backward()).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => { Tensor.Zeros([2, 3]).Transpose(0, 1).AsWritableSpan<float>(); });
        Assert.Throws<DTypeException>(() => { Tensor.Zeros([2]).AsWritableSpan<double>(); });
    }

    [Fact]
    public void The_extremes_of_all_elements_need_no_axis()
    {
        Tensor x = Tensor.From(new[,] { { 1f, 7f }, { -3f, 7f } }).AsParameter();
        Assert.Equal(7, x.Max().Item());
        Assert.Equal(-3, x.Min().Item());
        x.Max().Backward();
        Assert.Equal([0f, 0.5f, 0, 0.5f], x.Grad!.ToArray<float>());
    }
}
