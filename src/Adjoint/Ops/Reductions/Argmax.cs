namespace Adjoint.Ops
{
    /// <summary>Where the largest element is: its index along one axis, or in row-major order over several.</summary>
    /// <remarks>In I64; the reduced axes have size 1. Of equal elements the first, and the first NaN where there is one. No gradient.</remarks>
    /// <param name="Over">The axes that are searched.</param>
    public sealed record Argmax(Axes Over) : Op, ISampled
    {
        /// <inheritdoc/>
        protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
        {
            Ties.CheckNotEmpty(Name, Over, inputs[0].Shape);
            outputs[0] = new(Over.Kept(inputs[0].Shape), DType.I64);
        }

        /// <inheritdoc/>
        protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => inputs[0].Elements;

        /// <inheritdoc/>
        protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) =>
            Extremes.Run(inputs[0], null, outputs[0], new RowForm(inputs[0].Shape, Over), largest: true);

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Over = Over.Behind(1) });

        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) => [Groups.Each(inputs[0], Over, g => Array.IndexOf(g, g.Max()))];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Groups.Samples(random, over => new Argmax(over));

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Argmax(2), "argmax: dim must be an axis of x, from -2 to 1, but dim is 2 and x is [2, 3]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 0]).Argmax(), "argmax: the reduced axes must not be empty, but they are [0, 1] and x is [2, 0]."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Argmax"/> to tensors.</summary>
    public static class ArgmaxSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The index (I64) of the largest element along an axis, or in row-major order over all; the first of equal ones.</summary>
            /// <param name="dim">The axis; none means all.</param>
            /// <param name="keepDim">Leave the searched axes in the shape with size 1.</param>
            /// <exception cref="ShapeException">The axis does not exist, or there is nothing to search.</exception>
            [PyTorch("torch.argmax")]
            public Tensor Argmax(int? dim = null, bool keepDim = false)
            {
                Axes axes = dim is { } one ? Axes.Of([one], x.Shape, "argmax") : Axes.Of([], x.Shape, "argmax");
                Tensor y = new Argmax(axes).Apply(x);
                return keepDim ? y : y.Reshape(axes.Dropped(x.Shape));
            }
        }
    }
}
