namespace Adjoint.Ops
{
    /// <summary>Squared error near zero, absolute error beyond: with d = x − target, <c>d²/2</c> where |d| ≤ δ, else <c>δ(|d| − δ/2)</c>.</summary>
    /// <remarks>The method on tensors refuses shapes that differ.</remarks>
    /// <param name="Delta">Where the parabola ends.</param>
    public sealed record HuberError(double Delta) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((x, target) => Math.Abs(x - target) <= Delta ? 0.5 * (x - target) * (x - target) : Delta * (Math.Abs(x - target) - (0.5 * Delta)));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Losses.Samples(random, new HuberError(0.6));

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([8, 1]).HuberLoss(Tensor.Zeros([8])), "huber_loss: the target must have the shape of x, but x is [8, 1] and the target is [8]. Hint: Losses do not broadcast; bring one to the other's shape with Reshape."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.HuberError"/> to tensors, as a loss.</summary>
    public static class HuberLossSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Squared error near zero, absolute error beyond: with d = x − target, <c>d²/2</c> where |d| ≤ δ, else <c>δ(|d| − δ/2)</c>.</summary>
            /// <param name="target">What x should be, of x's shape.</param>
            /// <param name="delta">Where the parabola ends.</param>
            /// <param name="reduction">The mean or the sum over all elements, or each by itself.</param>
            /// <exception cref="ShapeException">The shapes differ; losses do not broadcast.</exception>
            [PyTorch("torch.nn.functional.huber_loss", "torch.nn.HuberLoss", Differs = "Shapes must be equal: no broadcasting.")]
            public Tensor HuberLoss(Tensor target, double delta = 1, Reduction reduction = Reduction.Mean)
            {
                Losses.CheckShapes("huber_loss", x, target);
                return Losses.Reduce(new HuberError(delta).Apply(x, target), reduction);
            }
        }
    }
}
