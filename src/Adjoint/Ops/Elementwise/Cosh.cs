namespace Adjoint.Ops
{
    /// <summary>Hyperbolic cosine: <c>y = (eˣ + e⁻ˣ)/2</c>.</summary>
    public sealed record Cosh : Elementwise, ISampled
    {
        internal static Cosh Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Cosh(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Cosh"/> to tensors.</summary>
    public static class CoshSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Cosh"/>
            [PyTorch("torch.cosh")]
            public Tensor Cosh() => Ops.Cosh.Instance.Apply(x);
        }
    }
}
