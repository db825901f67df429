namespace Adjoint.Ops
{
    /// <summary>The number of elements that are not zero, over axes.</summary>
    /// <remarks>In I64; the reduced axes have size 1. NaN is not zero. No gradient.</remarks>
    /// <param name="Over">The axes that are reduced.</param>
    public sealed record CountNonZero(Axes Over) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) =>
            outputs[0] = new(Over.Kept(inputs[0].Shape), DType.I64);

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => inputs[0].Elements;

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) =>
            Kernels.Reduction.ReduceWhole.Count(inputs[0].Operand, outputs[0].Operand);

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Over = Over.Behind(1) });

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) => [Groups.Each(inputs[0], Over, g => g.Count(v => v != 0))];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
            Groups.Samples(random, over => new CountNonZero(over), empty: true, shape => random.Integers(shape, 0, 2).To(DType.F64));

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).CountNonZero(2), "count_non_zero: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.CountNonZero"/> to tensors.</summary>
    public static class CountNonZeroSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The number of elements that are not zero, of all or over the axes given.</summary>
            /// <param name="dims">The axes; none means all.</param>
            /// <param name="keepDim">Leave the reduced axes in the shape with size 1.</param>
            /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
            public Tensor CountNonZero(ReadOnlySpan<int> dims, bool keepDim = false)
            {
                Axes axes = Axes.Of(dims, x.Shape, "count_non_zero");
                Tensor y = new CountNonZero(axes).Apply(x);
                return keepDim ? y : y.Reshape(axes.Dropped(x.Shape));
            }

            /// <inheritdoc cref="CountNonZero(Tensor, ReadOnlySpan{int}, bool)"/>
            [PyTorch("torch.count_nonzero", Differs = "Several axes: `x.CountNonZero([0, 2])`; all: `x.CountNonZero()`.")]
            public Tensor CountNonZero(int dim, bool keepDim = false) => x.CountNonZero([dim], keepDim);

            /// <summary>The number of elements that are not zero, over all axes.</summary>
            public Tensor CountNonZero() => x.CountNonZero([]);
        }
    }
}
