namespace Adjoint.Ops
{
    /// <summary>Continuously differentiable exponential linear unit: <c>y = x for x &gt; 0, α(e^(x/α) − 1) otherwise</c>.</summary>
    /// <remarks>Source: Barron 2017.</remarks>
    /// <param name="Alpha">The negative of the limit for x → −∞; not zero.</param>
    public sealed record Celu(double Alpha) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => x > 0 ? x : Alpha * Vocabulary.Expm1(x / Alpha));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            .. Unary.Samples(new Celu(1.3), random, -3, 3),
            .. Unary.Samples(new Celu(0.4), random, -3, 3),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Celu"/> to tensors.</summary>
    public static class CeluSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Celu"/>
            /// <param name="alpha">The negative of the limit for x → −∞; not zero.</param>
            [PyTorch("torch.nn.functional.celu")]
            public Tensor Celu(double alpha = 1) => alpha == 0
                ? throw new ArgumentException("celu: alpha must not be zero, but alpha is 0.")
                : new Ops.Celu(alpha).Apply(x);
        }
    }
}
