namespace Adjoint.Ops
{
    /// <summary>Inverse hyperbolic tangent: <c>y = ½ ln((1 + x)/(1 − x))</c>.</summary>
    public sealed record Atanh : Elementwise, ISampled
    {
        internal static Atanh Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Atanh(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -0.8, 0.8);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Atanh"/> to tensors.</summary>
    public static class AtanhSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Atanh"/>
            [PyTorch("torch.atanh")]
            public Tensor Atanh() => Ops.Atanh.Instance.Apply(x);
        }
    }
}
