namespace Adjoint.Ops
{
    /// <summary>Sigmoid-weighted linear unit (swish): <c>y = x/(1 + e⁻ˣ)</c>.</summary>
    /// <remarks>Source: Elfwing, Uchibe, Doya 2018.</remarks>
    public sealed record Silu : Elementwise, ISampled
    {
        internal static Silu Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => x * Vocabulary.Sigmoid(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Silu"/> to tensors.</summary>
    public static class SiluSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Silu"/>
            [PyTorch("torch.nn.functional.silu")]
            public Tensor Silu() => Ops.Silu.Instance.Apply(x);
        }
    }
}
