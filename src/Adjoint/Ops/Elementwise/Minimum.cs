namespace Adjoint.Ops
{
    /// <summary>The smaller of two, element by element: <c>y = min(a, b)</c>.</summary>
    /// <remarks>Shapes broadcast. Equal values share the gradient; NaN wins.</remarks>
    public sealed record Minimum : Elementwise, ISampled
    {
        internal static Minimum Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => Math.Min(a, b));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Binary.Samples(Instance, random);
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Minimum"/> to tensors.</summary>
    public static class MinimumSyntax
    {
        extension(Tensor a)
        {
            /// <inheritdoc cref="Ops.Minimum"/>
            [PyTorch("torch.minimum")]
            public Tensor Minimum(Tensor b) => Ops.Minimum.Instance.Apply(a, b);

            /// <inheritdoc cref="Ops.Minimum"/>
            public Tensor Minimum(double b) => Ops.Minimum.Instance.Apply(a, a.Constant(b));
        }
    }
}
