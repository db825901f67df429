namespace Adjoint.Ops
{
    /// <summary>Complementary error function, exact for large x: <c>y = 1 − erf x</c>.</summary>
    public sealed record Erfc : Elementwise, ISampled
    {
        internal static Erfc Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Vocabulary.Erfc(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Erfc"/> to tensors.</summary>
    public static class ErfcSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Erfc"/>
            [PyTorch("torch.erfc", "torch.special.erfc")]
            public Tensor Erfc() => Ops.Erfc.Instance.Apply(x);
        }
    }
}
