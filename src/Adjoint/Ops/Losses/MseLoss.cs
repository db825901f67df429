namespace Adjoint.Ops
{
    /// <summary>Squared error: <c>(x − target)²</c>.</summary>
    /// <remarks>The method on tensors refuses shapes that differ.</remarks>
    public sealed record SquaredError : Elementwise, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((x, target) => (x - target) * (x - target));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Losses.Samples(random, new SquaredError());

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([8, 1]).MseLoss(Tensor.Zeros([8])), "mse_loss: the target must have the shape of x, but x is [8, 1] and the target is [8]. Hint: Losses do not broadcast; bring one to the other's shape with Reshape."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.SquaredError"/> to tensors, as a loss.</summary>
    public static class MseLossSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Squared error: <c>(x − target)²</c>.</summary>
            /// <param name="target">What x should be, of x's shape.</param>
            /// <param name="reduction">The mean or the sum over all elements, or each by itself.</param>
            /// <exception cref="ShapeException">The shapes differ; losses do not broadcast.</exception>
            [PyTorch("torch.nn.functional.mse_loss", "torch.nn.MSELoss", Differs = "Shapes must be equal: no broadcasting.")]
            public Tensor MseLoss(Tensor target, Reduction reduction = Reduction.Mean)
            {
                Losses.CheckShapes("mse_loss", x, target);
                return Losses.Reduce(new SquaredError().Apply(x, target), reduction);
            }
        }
    }
}
