namespace Adjoint.Ops
{
    /// <summary>Square root: <c>y = √x</c>.</summary>
    /// <remarks>Saves y. The gradient at 0 is infinite.</remarks>
    public sealed record Sqrt : Elementwise, ISampled
    {
        internal static Sqrt Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Sqrt(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, 0.2, 4);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Sqrt"/> to tensors.</summary>
    public static class SqrtSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Sqrt"/>
            [PyTorch("torch.sqrt")]
            public Tensor Sqrt() => Ops.Sqrt.Instance.Apply(x);
        }
    }
}
