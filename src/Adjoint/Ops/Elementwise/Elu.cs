namespace Adjoint.Ops
{
    /// <summary>Exponential linear unit: <c>y = x for x &gt; 0, α(eˣ − 1) otherwise</c>.</summary>
    /// <remarks>Source: Clevert, Unterthiner, Hochreiter 2016.</remarks>
    /// <param name="Alpha">The negative of the limit for x → −∞.</param>
    public sealed record Elu(double Alpha) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => x > 0 ? x : Alpha * Vocabulary.Expm1(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            .. Unary.Samples(new Elu(1.0), random, -3, 3),
            .. Unary.Samples(new Elu(0.5), random, -3, 3),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Elu"/> to tensors.</summary>
    public static class EluSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Elu"/>
            /// <param name="alpha">The negative of the limit for x → −∞.</param>
            [PyTorch("torch.nn.functional.elu")]
            public Tensor Elu(double alpha = 1) => new Ops.Elu(alpha).Apply(x);
        }
    }
}
