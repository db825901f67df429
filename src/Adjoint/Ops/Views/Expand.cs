namespace Adjoint.Ops
{
    /// <summary>Axes of size 1 repeated without copying, and new leading axes added: the shape that broadcasting would give. A view; saves nothing.</summary>
    /// <param name="Target">The shape of the result.</param>
    [GradientRule("y = x repeated", "dx = Σ dy over the repetitions")]
    public sealed record Expand(Shape Target) : ViewOp, ISampled
    {
        private protected override ViewOp OfItems(long items) => new Expand(Target.Insert(0, items));

        /// <inheritdoc/>
        protected internal override Tensor[]? Batch(BatchedInputs x) => OfItems(x.Size).ApplyWithHidden(x.Aligned(0, Target.Rank));

        private protected override Tensor View(Tensor x)
        {
            if (Shape.Broadcast(x.Shape, Target) != Target) throw new ShapeException($"expand: x must broadcast to the shape, but x is {x.Shape} and the shape is {Target}.");
            long[] strides = new long[Target.Rank];
            int extra = Target.Rank - x.Rank;
            for (int i = 0; i < x.Rank; i++) strides[i + extra] = x.Shape[i] == 1 ? 0 : x.Strides[i];
            return x.ViewAs(Target, strides, x.Offset);
        }

        // The engine sums a broadcast gradient back to its input's shape.
        /// <inheritdoc/>
        protected internal override Tensor? Vjp(Cotangents dy, int input) => dy.Gradient;

        /// <inheritdoc/>
        public override Plain[] Reference(Plain[] inputs) => [Plain.Make(Target, index => inputs[0][index])];

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new Expand([4, 3, 5]), random.Normal([3, 1], dtype: DType.F64)),
            new(new Expand([2, 2]), random.Normal([], dtype: DType.F64)),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Expand([4, 3]), "expand: x must broadcast to the shape, but x is [2, 3] and the shape is [4, 3]."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds expansion to tensors.</summary>
    public static class ExpandSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Repeated along axes of size 1 and along new leading axes, without copying.</summary>
            /// <exception cref="ShapeException">This tensor does not broadcast to the shape.</exception>
            [PyTorch("torch.Tensor.expand", "torch.broadcast_to", Differs = "The whole shape in brackets, `x.Expand([3, 4])`; −1 is not understood.")]
            public Tensor Expand(Shape shape) => new Ops.Expand(shape).Apply(x);
        }
    }
}
