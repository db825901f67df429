namespace Adjoint.Ops
{
    /// <summary>Arc cosine: <c>y = arccos x</c>.</summary>
    public sealed record Acos : Elementwise, ISampled
    {
        internal static Acos Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Acos(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -0.9, 0.9);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Acos"/> to tensors.</summary>
    public static class AcosSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Acos"/>
            [PyTorch("torch.acos", "torch.arccos")]
            public Tensor Acos() => Ops.Acos.Instance.Apply(x);
        }
    }
}
