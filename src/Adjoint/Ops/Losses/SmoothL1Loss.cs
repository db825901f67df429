namespace Adjoint.Ops
{
    /// <summary>Absolute error, rounded near zero: with d = x − target, <c>d²/(2β)</c> where |d| &lt; β, else <c>|d| − β/2</c>.</summary>
    /// <remarks>The method on tensors refuses shapes that differ.</remarks>
    /// <param name="Beta">Where the parabola ends; 0 for none.</param>
    public sealed record SmoothAbsoluteError(double Beta) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((x, target) => Math.Abs(x - target) < Beta ? (x - target) * (x - target) * (0.5 / Beta) : Math.Abs(x - target) - (0.5 * Beta));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Losses.Samples(random, new SmoothAbsoluteError(0.7));

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([8, 1]).SmoothL1Loss(Tensor.Zeros([8])), "smooth_l1_loss: the target must have the shape of x, but x is [8, 1] and the target is [8]. Hint: Losses do not broadcast; bring one to the other's shape with Reshape."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.SmoothAbsoluteError"/> to tensors, as a loss.</summary>
    public static class SmoothL1LossSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Absolute error, rounded near zero: with d = x − target, <c>d²/(2β)</c> where |d| &lt; β, else <c>|d| − β/2</c>.</summary>
            /// <param name="target">What x should be, of x's shape.</param>
            /// <param name="beta">Where the parabola ends; 0 for the plain absolute error.</param>
            /// <param name="reduction">The mean or the sum over all elements, or each by itself.</param>
            /// <exception cref="ShapeException">The shapes differ; losses do not broadcast.</exception>
            [PyTorch("torch.nn.functional.smooth_l1_loss", "torch.nn.SmoothL1Loss", Differs = "Shapes must be equal: no broadcasting.")]
            public Tensor SmoothL1Loss(Tensor target, double beta = 1, Reduction reduction = Reduction.Mean)
            {
                Losses.CheckShapes("smooth_l1_loss", x, target);
                return Losses.Reduce((beta == 0 ? (Op)new AbsoluteError() : new SmoothAbsoluteError(beta)).Apply(x, target), reduction);
            }
        }
    }
}
