namespace Adjoint.Ops
{
    /// <summary>Hyperbolic tangent: <c>y = (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ)</c>.</summary>
    /// <remarks>Saves y: the slope is 1 − y².</remarks>
    public sealed record Tanh : Elementwise, ISampled
    {
        internal static Tanh Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Tanh(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Tanh"/> to tensors.</summary>
    public static class TanhSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Tanh"/>
            [PyTorch("torch.tanh", "torch.nn.functional.tanh")]
            public Tensor Tanh() => Ops.Tanh.Instance.Apply(x);
        }
    }
}
