namespace Adjoint.Ops
{
    /// <summary>Arithmetic mean over axes: <c>y = Σ x / n</c>.</summary>
    /// <remarks>Shape: the reduced axes have size 1. The mean of nothing is NaN. Saves nothing.</remarks>
    /// <param name="Over">The axes that are averaged.</param>
    [GradientRule("y = Σ x / n", "dx = dy / n, for every element")]
    public sealed record Mean(Axes Over) : Op, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            inputs[0].MustBeFloat(Name);
            outputs[0] = new(Over.Kept(inputs[0].Shape), inputs[0].DType);
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => inputs[0].Elements + outputs[0].Shape.Elements;

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) =>
            Kernels.Reduction.Reduce.Sum(inputs[0].Operand, outputs[0].Operand, divisor: Over.Count(inputs[0].Shape));

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Over = Over.Behind(1) });

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) =>
            (dy.Gradient / Over.Count(dy.InputShape(0))).Expand(dy.InputShape(0));

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) => [Groups.Each(inputs[0], Over, g => g.Sum() / g.Length)];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Groups.Samples(random, over => new Mean(over));

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Mean(2), "mean: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
            Misuse.Of<DTypeException>(() => Tensor.Zeros([2, 3], DType.I64).Mean(), "mean: elements must be floating-point numbers, but x is I64. Hint: convert it with To(DType.F32)."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Mean"/> to tensors.</summary>
    public static class MeanSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The arithmetic mean of all elements, or over the axes given: <c>y = Σ x / n</c>.</summary>
            /// <param name="dims">The axes; none means all.</param>
            /// <param name="keepDim">Leave the reduced axes in the shape with size 1.</param>
            /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
            public Tensor Mean(ReadOnlySpan<int> dims, bool keepDim = false)
            {
                Axes axes = Axes.Of(dims, x.Shape, "mean");
                Tensor y = new Mean(axes).Apply(x);
                return keepDim ? y : y.Reshape(axes.Dropped(x.Shape));
            }

            /// <inheritdoc cref="Mean(Tensor, ReadOnlySpan{int}, bool)"/>
            [PyTorch("torch.mean", Differs = "Several axes: `x.Mean([0, 2])`; all: `x.Mean()`. Floating-point numbers only, as in PyTorch.")]
            public Tensor Mean(int dim, bool keepDim = false) => x.Mean([dim], keepDim);

            /// <summary>The arithmetic mean of all elements, over all axes.</summary>
            public Tensor Mean() => x.Mean([]);
        }
    }
}
