namespace Adjoint.Ops
{
    /// <summary>Smooth rectifier, stable for large x: <c>y = ln(1 + eˣ)</c>.</summary>
    public sealed record Softplus : Elementwise, ISampled
    {
        internal static Softplus Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Vocabulary.Softplus(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Softplus"/> to tensors.</summary>
    public static class SoftplusSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Softplus"/>
            [PyTorch("torch.nn.functional.softplus", Differs = "No `beta`, `threshold`: exact and stable everywhere.")]
            public Tensor Softplus() => Ops.Softplus.Instance.Apply(x);
        }
    }
}
