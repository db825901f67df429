namespace Adjoint.Ops
{
    /// <summary>Cosine, x in radians: <c>y = cos x</c>.</summary>
    public sealed record Cos : Elementwise, ISampled
    {
        internal static Cos Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Cos(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Cos"/> to tensors.</summary>
    public static class CosSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Cos"/>
            [PyTorch("torch.cos")]
            public Tensor Cos() => Ops.Cos.Instance.Apply(x);
        }
    }
}
