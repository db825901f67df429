namespace Adjoint.Ops
{
    /// <summary>The angle of the point (x = b, y = a), element by element: <c>y = atan2(a, b)</c>.</summary>
    /// <remarks>Shapes broadcast.</remarks>
    public sealed record Atan2 : Elementwise, ISampled
    {
        internal static Atan2 Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => Math.Atan2(a, b));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Binary.Samples(Instance, random, 0.3, 2);
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Atan2"/> to tensors.</summary>
    public static class Atan2Syntax
    {
        extension(Tensor a)
        {
            /// <inheritdoc cref="Ops.Atan2"/>
            [PyTorch("torch.atan2", "torch.arctan2")]
            public Tensor Atan2(Tensor b) => Ops.Atan2.Instance.Apply(a, b);

            /// <inheritdoc cref="Ops.Atan2"/>
            public Tensor Atan2(double b) => Ops.Atan2.Instance.Apply(a, a.Constant(b));
        }
    }
}
