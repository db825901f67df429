namespace Adjoint.Ops
{
    /// <summary>Smallest integer not below x: <c>y = ⌈x⌉</c>.</summary>
    /// <remarks>The gradient is 0.</remarks>
    public sealed record Ceiling : Elementwise, ISampled
    {
        internal static Ceiling Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Ceiling(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Steps(Instance);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Ceiling"/> to tensors.</summary>
    public static class CeilingSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Ceiling"/>
            [PyTorch("torch.ceil")]
            public Tensor Ceiling() => Ops.Ceiling.Instance.Apply(x);
        }
    }
}
