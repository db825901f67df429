namespace Adjoint.Ops
{
    /// <summary>Absolute error: <c>|x − target|</c>.</summary>
    /// <remarks>The method on tensors refuses shapes that differ.</remarks>
    public sealed record AbsoluteError : Elementwise, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((x, target) => Math.Abs(x - target));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Losses.Samples(random, new AbsoluteError());

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([8, 1]).L1Loss(Tensor.Zeros([8])), "l1_loss: the target must have the shape of x, but x is [8, 1] and the target is [8]. Hint: Losses do not broadcast; bring one to the other's shape with Reshape."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.AbsoluteError"/> to tensors, as a loss.</summary>
    public static class L1LossSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Absolute error: <c>|x − target|</c>.</summary>
            /// <param name="target">What x should be, of x's shape.</param>
            /// <param name="reduction">The mean or the sum over all elements, or each by itself.</param>
            /// <exception cref="ShapeException">The shapes differ; losses do not broadcast.</exception>
            [PyTorch("torch.nn.functional.l1_loss", "torch.nn.L1Loss", Differs = "Shapes must be equal: no broadcasting.")]
            public Tensor L1Loss(Tensor target, Reduction reduction = Reduction.Mean)
            {
                Losses.CheckShapes("l1_loss", x, target);
                return Losses.Reduce(new AbsoluteError().Apply(x, target), reduction);
            }
        }
    }
}
