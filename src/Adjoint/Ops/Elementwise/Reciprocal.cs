namespace Adjoint.Ops
{
    /// <summary>Reciprocal: <c>y = 1/x</c>.</summary>
    /// <remarks>Saves y.</remarks>
    public sealed record Reciprocal : Elementwise, ISampled
    {
        internal static Reciprocal Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Vocabulary.Reciprocal(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, 0.3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Reciprocal"/> to tensors.</summary>
    public static class ReciprocalSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Reciprocal"/>
            [PyTorch("torch.reciprocal")]
            public Tensor Reciprocal() => Ops.Reciprocal.Instance.Apply(x);
        }
    }
}
