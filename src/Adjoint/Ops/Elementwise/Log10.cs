namespace Adjoint.Ops
{
    /// <summary>Logarithm to base 10: <c>y = log₁₀ x</c>.</summary>
    public sealed record Log10 : Elementwise, ISampled
    {
        internal static Log10 Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Log10(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, 0.2, 4);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Log10"/> to tensors.</summary>
    public static class Log10Syntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Log10"/>
            [PyTorch("torch.log10")]
            public Tensor Log10() => Ops.Log10.Instance.Apply(x);
        }
    }
}
