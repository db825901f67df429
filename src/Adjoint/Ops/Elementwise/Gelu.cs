namespace Adjoint.Ops
{
    /// <summary>Gaussian error linear unit: <c>y = x·Φ(x) = ½x(1 + erf(x/√2))</c>.</summary>
    /// <remarks>Source: Hendrycks and Gimpel 2016.</remarks>
    /// <param name="Approximate">Use ½x(1 + tanh(√(2/π)(x + 0.044715x³))), as GPT-2 does.</param>
    public sealed record Gelu(bool Approximate) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        protected override Formula Rule => Approximate ? Formula.Of(x => Vocabulary.GeluTanh(x)) : Formula.Of(x => Vocabulary.Gelu(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            .. Unary.Samples(new Gelu(false), random, -3, 3),
            .. Unary.Samples(new Gelu(true), random, -3, 3),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Gelu"/> to tensors.</summary>
    public static class GeluSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Gelu"/>
            /// <param name="approximate">Use ½x(1 + tanh(√(2/π)(x + 0.044715x³))), as GPT-2 does.</param>
            [PyTorch("torch.nn.functional.gelu", Differs = "`approximate=\"tanh\"` is `approximate: true`.")]
            public Tensor Gelu(bool approximate = false) => new Ops.Gelu(approximate).Apply(x);
        }
    }
}
