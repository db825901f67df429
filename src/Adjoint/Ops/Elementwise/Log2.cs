namespace Adjoint.Ops
{
    /// <summary>Logarithm to base 2: <c>y = log₂ x</c>.</summary>
    public sealed record Log2 : Elementwise, ISampled
    {
        internal static Log2 Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Log2(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, 0.2, 4);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Log2"/> to tensors.</summary>
    public static class Log2Syntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Log2"/>
            [PyTorch("torch.log2")]
            public Tensor Log2() => Ops.Log2.Instance.Apply(x);
        }
    }
}
