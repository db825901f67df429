namespace Adjoint.Ops
{
    /// <summary>Largest integer not above x: <c>y = ⌊x⌋</c>.</summary>
    /// <remarks>The gradient is 0.</remarks>
    public sealed record Floor : Elementwise, ISampled
    {
        internal static Floor Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Floor(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Steps(Instance);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Floor"/> to tensors.</summary>
    public static class FloorSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Floor"/>
            [PyTorch("torch.floor")]
            public Tensor Floor() => Ops.Floor.Instance.Apply(x);
        }
    }
}
