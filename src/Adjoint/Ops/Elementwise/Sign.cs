namespace Adjoint.Ops
{
    /// <summary>Sign: <c>y = −1, 0 or 1</c>.</summary>
    /// <remarks>The gradient is 0.</remarks>
    public sealed record Sign : Elementwise, ISampled
    {
        internal static Sign Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Vocabulary.Sign(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Sign"/> to tensors.</summary>
    public static class SignSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Sign"/>
            [PyTorch("torch.sign", "torch.sgn")]
            public Tensor Sign() => Ops.Sign.Instance.Apply(x);
        }
    }
}
