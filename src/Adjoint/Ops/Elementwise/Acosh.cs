namespace Adjoint.Ops
{
    /// <summary>Inverse hyperbolic cosine: <c>y = ln(x + √(x² − 1))</c>.</summary>
    public sealed record Acosh : Elementwise, ISampled
    {
        internal static Acosh Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Acosh(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, 1.3, 4);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Acosh"/> to tensors.</summary>
    public static class AcoshSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Acosh"/>
            [PyTorch("torch.acosh")]
            public Tensor Acosh() => Ops.Acosh.Instance.Apply(x);
        }
    }
}
