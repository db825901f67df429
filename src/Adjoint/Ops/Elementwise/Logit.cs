namespace Adjoint.Ops
{
    /// <summary>Log-odds, the inverse of the sigmoid: <c>y = ln(x / (1 − x))</c>, x limited to <c>[Epsilon, 1 − Epsilon]</c> first.</summary>
    /// <remarks>The gradient passes inside the limits.</remarks>
    /// <param name="Epsilon">How far from 0 and 1 the argument stays.</param>
    public sealed record Logit(double Epsilon) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Log(Math.Clamp(x, Epsilon, 1 - Epsilon)) - Vocabulary.Log1p(-Math.Clamp(x, Epsilon, 1 - Epsilon)));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            .. Unary.Samples(new Logit(0), random, 0.05, 0.95),
            .. Unary.Samples(new Logit(0.2), random, 0.05, 0.95),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Logit"/> to tensors.</summary>
    public static class LogitSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Logit"/>
            /// <param name="epsilon">How far from 0 and 1 the argument stays.</param>
            [PyTorch("torch.logit", "torch.special.logit", Differs = "`eps` is 0 by default instead of `None`: numbers outside 0 … 1 then give ±∞ instead of NaN.")]
            public Tensor Logit(double epsilon = 0) => new Ops.Logit(epsilon).Apply(x);
        }
    }
}
