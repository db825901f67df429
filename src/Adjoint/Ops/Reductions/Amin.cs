namespace Adjoint.Ops
{
    /// <summary>Smallest element over axes.</summary>
    /// <remarks>
    /// Shape: the reduced axes have size 1. NaN where there is one. Equal smallest elements share the gradient equally. Saves x and y.
    /// </remarks>
    /// <param name="Over">The axes that are reduced.</param>
    [GradientRule("y = the smallest x", "dx = dy at the smallest element, shared equally among equals")]
    public sealed record Amin(Axes Over) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            Ties.CheckNotEmpty(Name, Over, inputs[0].Shape);
            outputs[0] = new(Over.Kept(inputs[0].Shape), inputs[0].DType);
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => inputs[0].Elements;

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) =>
            Kernels.Reduction.Reduce.Min(inputs[0].Operand, outputs[0].Operand);

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Over = Over.Behind(1) });

        /// <inheritdoc/>
        protected internal override Saves Needs(int input) => Saves.Input(0) | Saves.Output(0);

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => Ties.Share(dy.Input(0), dy.Output(0), dy.Gradient, Over);

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) => [Groups.Each(inputs[0], Over, g => g.Min())];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Groups.Samples(random, over => new Amin(over));

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Amin(2), "amin: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 0]).Amin(1), "amin: the reduced axes must not be empty, but they are [1] and x is [2, 0]."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Amin"/> to tensors.</summary>
    public static class AminSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The smallest of all elements, or over the axes given; equal ones share the gradient equally.</summary>
            /// <param name="dims">The axes; none means all.</param>
            /// <param name="keepDim">Leave the reduced axes in the shape with size 1.</param>
            /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
            public Tensor Amin(ReadOnlySpan<int> dims, bool keepDim = false)
            {
                Axes axes = Axes.Of(dims, x.Shape, "amin");
                Tensor y = new Amin(axes).Apply(x);
                return keepDim ? y : y.Reshape(axes.Dropped(x.Shape));
            }

            /// <inheritdoc cref="Amin(Tensor, ReadOnlySpan{int}, bool)"/>
            [PyTorch("torch.amin", Differs = "Several axes: `x.Amin([0, 2])`; all: `x.Amin()`.")]
            public Tensor Amin(int dim, bool keepDim = false) => x.Amin([dim], keepDim);

            /// <summary>The smallest of all elements, over all axes.</summary>
            public Tensor Amin() => x.Amin([]);
        }
    }
}
