namespace Adjoint.Ops
{
    /// <summary>Logarithm of one plus x, exact near zero: <c>y = ln(1 + x)</c>.</summary>
    public sealed record Log1p : Elementwise, ISampled
    {
        internal static Log1p Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Vocabulary.Log1p(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -0.7, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Log1p"/> to tensors.</summary>
    public static class Log1pSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Log1p"/>
            [PyTorch("torch.log1p", "torch.special.log1p")]
            public Tensor Log1p() => Ops.Log1p.Instance.Apply(x);
        }
    }
}
