namespace Adjoint.Ops
{
    /// <summary>What the hyperbolic tangent leaves, element by element: <c>y = x − tanh x</c>.</summary>
    public sealed record TanhShrink : Elementwise, ISampled
    {
        internal static TanhShrink Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => x - Math.Tanh(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.TanhShrink"/> to tensors.</summary>
    public static class TanhShrinkSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.TanhShrink"/>
            public Tensor TanhShrink() => Ops.TanhShrink.Instance.Apply(x);
        }
    }
}
