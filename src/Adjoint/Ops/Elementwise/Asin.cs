namespace Adjoint.Ops
{
    /// <summary>Arc sine: <c>y = arcsin x</c>.</summary>
    public sealed record Asin : Elementwise, ISampled
    {
        internal static Asin Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Asin(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -0.9, 0.9);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Asin"/> to tensors.</summary>
    public static class AsinSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Asin"/>
            [PyTorch("torch.asin", "torch.arcsin")]
            public Tensor Asin() => Ops.Asin.Instance.Apply(x);
        }
    }
}
