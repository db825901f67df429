namespace Adjoint.Ops
{
    /// <summary>Power with a constant exponent: <c>y = xᵖ</c>.</summary>
    /// <remarks>NaN for x &lt; 0 unless p is an integer. For p = 0 the gradient is zeros.</remarks>
    /// <param name="Exponent">p.</param>
    public sealed record PowScalar(double Exponent) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Pow(x, Exponent));

        /// <inheritdoc/>
        private protected override bool GivesZeros => Exponent == 0;

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            .. Unary.Samples(new PowScalar(2), random, 0.3, 2.5),
            .. Unary.Samples(new PowScalar(3), random, 0.3, 2.5),
            .. Unary.Samples(new PowScalar(0.5), random, 0.3, 2.5),
            .. Unary.Samples(new PowScalar(-1.5), random, 0.3, 2.5),
            .. Unary.Samples(new PowScalar(0), random, 0.3, 2.5),
            .. Unary.Samples(new PowScalar(1), random, 0.3, 2.5),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.PowScalar"/> to tensors.</summary>
    public static class PowScalarSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.PowScalar"/>
            [PyTorch("torch.pow")]
            public Tensor Pow(double exponent) => new Ops.PowScalar(exponent).Apply(x);
        }
    }
}
