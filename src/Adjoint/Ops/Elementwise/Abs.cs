namespace Adjoint.Ops
{
    /// <summary>Absolute value: <c>y = |x|</c>.</summary>
    /// <remarks>The gradient at 0 is 0.</remarks>
    public sealed record Abs : Elementwise, ISampled
    {
        internal static Abs Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Abs(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Abs"/> to tensors.</summary>
    public static class AbsSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Abs"/>
            [PyTorch("torch.abs", "torch.absolute")]
            public Tensor Abs() => Ops.Abs.Instance.Apply(x);
        }
    }
}
