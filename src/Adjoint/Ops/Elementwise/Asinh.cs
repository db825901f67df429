namespace Adjoint.Ops
{
    /// <summary>Inverse hyperbolic sine: <c>y = ln(x + √(x² + 1))</c>.</summary>
    public sealed record Asinh : Elementwise, ISampled
    {
        internal static Asinh Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Asinh(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Asinh"/> to tensors.</summary>
    public static class AsinhSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Asinh"/>
            [PyTorch("torch.asinh")]
            public Tensor Asinh() => Ops.Asinh.Instance.Apply(x);
        }
    }
}
