namespace Adjoint.Ops
{
    /// <summary>Reciprocal square root: <c>y = 1/√x</c>.</summary>
    public sealed record Rsqrt : Elementwise, ISampled
    {
        internal static Rsqrt Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Vocabulary.Rsqrt(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, 0.2, 4);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Rsqrt"/> to tensors.</summary>
    public static class RsqrtSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Rsqrt"/>
            [PyTorch("torch.rsqrt")]
            public Tensor Rsqrt() => Ops.Rsqrt.Instance.Apply(x);
        }
    }
}
