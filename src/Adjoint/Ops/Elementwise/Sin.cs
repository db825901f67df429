namespace Adjoint.Ops
{
    /// <summary>Sine, x in radians: <c>y = sin x</c>.</summary>
    public sealed record Sin : Elementwise, ISampled
    {
        internal static Sin Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Sin(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Sin"/> to tensors.</summary>
    public static class SinSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Sin"/>
            [PyTorch("torch.sin")]
            public Tensor Sin() => Ops.Sin.Instance.Apply(x);
        }
    }
}
