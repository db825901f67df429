namespace Adjoint.Ops
{
    /// <summary>The larger of two, element by element: <c>y = max(a, b)</c>.</summary>
    /// <remarks>Shapes broadcast. Equal values share the gradient; NaN wins.</remarks>
    public sealed record Maximum : Elementwise, ISampled
    {
        internal static Maximum Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => Math.Max(a, b));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Binary.Samples(Instance, random);
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Maximum"/> to tensors.</summary>
    public static class MaximumSyntax
    {
        extension(Tensor a)
        {
            /// <inheritdoc cref="Ops.Maximum"/>
            [PyTorch("torch.maximum")]
            public Tensor Maximum(Tensor b) => Ops.Maximum.Instance.Apply(a, b);

            /// <inheritdoc cref="Ops.Maximum"/>
            public Tensor Maximum(double b) => Ops.Maximum.Instance.Apply(a, a.Constant(b));
        }
    }
}
