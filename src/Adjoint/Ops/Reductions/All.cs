namespace Adjoint.Ops
{
    /// <summary>Whether no element is zero, over axes.</summary>
    /// <remarks>In Bool; the reduced axes have size 1. NaN is not zero. True for nothing. No gradient.</remarks>
    /// <param name="Over">The axes that are reduced.</param>
    public sealed record All(Axes Over) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) =>
            outputs[0] = new(Over.Kept(inputs[0].Shape), DType.Bool);

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => inputs[0].Elements;

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) =>
            Kernels.Reduction.ReduceWhole.All(inputs[0].Operand, outputs[0].Operand);

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Over = Over.Behind(1) });

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) => [Groups.Each(inputs[0], Over, g => g.All(v => v != 0) ? 1 : 0)];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
            Groups.Samples(random, over => new All(over), empty: true, shape => random.Integers(shape, 0, 2).To(DType.F64));

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).All(2), "all: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.All"/> to tensors.</summary>
    public static class AllSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Whether no element is zero, of all or over the axes given.</summary>
            /// <param name="dims">The axes; none means all.</param>
            /// <param name="keepDim">Leave the reduced axes in the shape with size 1.</param>
            /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
            public Tensor All(ReadOnlySpan<int> dims, bool keepDim = false)
            {
                Axes axes = Axes.Of(dims, x.Shape, "all");
                Tensor y = new All(axes).Apply(x);
                return keepDim ? y : y.Reshape(axes.Dropped(x.Shape));
            }

            /// <inheritdoc cref="All(Tensor, ReadOnlySpan{int}, bool)"/>
            [PyTorch("torch.all", Differs = "Several axes: `x.All([0, 2])`; all: `x.All()`.")]
            public Tensor All(int dim, bool keepDim = false) => x.All([dim], keepDim);

            /// <summary>Whether no element is zero, over all axes.</summary>
            public Tensor All() => x.All([]);
        }
    }
}
