namespace Adjoint.Ops
{
    /// <summary>Whether some element is not zero, over axes.</summary>
    /// <remarks>In Bool; the reduced axes have size 1. NaN is not zero. False for nothing. No gradient.</remarks>
    /// <param name="Over">The axes that are reduced.</param>
    public sealed record Any(Axes Over) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) =>
            outputs[0] = new(Over.Kept(inputs[0].Shape), DType.Bool);

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => inputs[0].Elements;

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) =>
            Kernels.Reduction.ReduceWhole.Any(inputs[0].Operand, outputs[0].Operand);

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Over = Over.Behind(1) });

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) => [Groups.Each(inputs[0], Over, g => g.Any(v => v != 0) ? 1 : 0)];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
            Groups.Samples(random, over => new Any(over), empty: true, shape => random.Integers(shape, 0, 2).To(DType.F64));

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Any(2), "any: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Any"/> to tensors.</summary>
    public static class AnySyntax
    {
        extension(Tensor x)
        {
            /// <summary>Whether some element is not zero, of all or over the axes given.</summary>
            /// <param name="dims">The axes; none means all.</param>
            /// <param name="keepDim">Leave the reduced axes in the shape with size 1.</param>
            /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
            public Tensor Any(ReadOnlySpan<int> dims, bool keepDim = false)
            {
                Axes axes = Axes.Of(dims, x.Shape, "any");
                Tensor y = new Any(axes).Apply(x);
                return keepDim ? y : y.Reshape(axes.Dropped(x.Shape));
            }

            /// <inheritdoc cref="Any(Tensor, ReadOnlySpan{int}, bool)"/>
            [PyTorch("torch.any", Differs = "Several axes: `x.Any([0, 2])`; all: `x.Any()`.")]
            public Tensor Any(int dim, bool keepDim = false) => x.Any([dim], keepDim);

            /// <summary>Whether some element is not zero, over all axes.</summary>
            public Tensor Any() => x.Any([]);
        }
    }
}
