namespace Adjoint.Ops
{
    /// <summary>Mish: <c>y = x·tanh(ln(1 + eˣ))</c>.</summary>
    /// <remarks>Source: Misra 2019.</remarks>
    public sealed record Mish : Elementwise, ISampled
    {
        internal static Mish Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => x * Math.Tanh(Vocabulary.Softplus(x)));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Mish"/> to tensors.</summary>
    public static class MishSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Mish"/>
            [PyTorch("torch.nn.functional.mish")]
            public Tensor Mish() => Ops.Mish.Instance.Apply(x);
        }
    }
}
