namespace Adjoint.Ops
{
    /// <summary>Hyperbolic sine: <c>y = (eˣ − e⁻ˣ)/2</c>.</summary>
    public sealed record Sinh : Elementwise, ISampled
    {
        internal static Sinh Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Sinh(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Sinh"/> to tensors.</summary>
    public static class SinhSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Sinh"/>
            [PyTorch("torch.sinh")]
            public Tensor Sinh() => Ops.Sinh.Instance.Apply(x);
        }
    }
}
