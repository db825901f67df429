namespace Adjoint.Ops
{
    /// <summary>Logarithm of a sum of exponentials, element by element: <c>y = ln(eᵃ + eᵇ)</c>, without overflow.</summary>
    /// <remarks>Shapes broadcast.</remarks>
    public sealed record LogAddExp : Elementwise, ISampled
    {
        internal static LogAddExp Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => Math.Max(a, b) + Vocabulary.Log1p(Math.Exp(-Math.Abs(a - b))));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Binary.Samples(Instance, random);
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.LogAddExp"/> to tensors.</summary>
    public static class LogAddExpSyntax
    {
        extension(Tensor a)
        {
            /// <inheritdoc cref="Ops.LogAddExp"/>
            [PyTorch("torch.logaddexp")]
            public Tensor LogAddExp(Tensor b) => Ops.LogAddExp.Instance.Apply(a, b);
        }
    }
}
