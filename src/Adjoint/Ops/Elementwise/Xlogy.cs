namespace Adjoint.Ops
{
    /// <summary>Product with a logarithm that is 0 where a is 0: <c>y = a·ln b</c>.</summary>
    /// <remarks>Shapes broadcast.</remarks>
    public sealed record Xlogy : Elementwise, ISampled
    {
        internal static Xlogy Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => a == 0 ? 0 : a * Math.Log(b));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Binary.Samples(Instance, random, 0.3, 2);
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Xlogy"/> to tensors.</summary>
    public static class XlogySyntax
    {
        extension(Tensor a)
        {
            /// <inheritdoc cref="Ops.Xlogy"/>
            [PyTorch("torch.xlogy", "torch.special.xlogy")]
            public Tensor Xlogy(Tensor b) => Ops.Xlogy.Instance.Apply(a, b);
        }
    }
}
