namespace Adjoint.Ops
{
    /// <summary>Arc tangent: <c>y = arctan x</c>.</summary>
    public sealed record Atan : Elementwise, ISampled
    {
        internal static Atan Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Atan(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Atan"/> to tensors.</summary>
    public static class AtanSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Atan"/>
            [PyTorch("torch.atan", "torch.arctan")]
            public Tensor Atan() => Ops.Atan.Instance.Apply(x);
        }
    }
}
