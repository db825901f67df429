namespace Adjoint.Ops
{
    /// <summary>Power, element by element: <c>y = aᵇ</c>.</summary>
    /// <remarks>Shapes broadcast.</remarks>
    public sealed record Pow : Elementwise, ISampled
    {
        internal static Pow Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => Math.Pow(a, b));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Binary.Samples(Instance, random, 0.3, 2);
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Pow"/> to tensors.</summary>
    public static class PowSyntax
    {
        extension(Tensor a)
        {
            /// <inheritdoc cref="Ops.Pow"/>
            [PyTorch("torch.pow")]
            public Tensor Pow(Tensor b) => Ops.Pow.Instance.Apply(a, b);
        }
    }
}
