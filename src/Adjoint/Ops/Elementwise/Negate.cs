namespace Adjoint.Ops
{
    /// <summary>Negative: <c>y = −x</c>.</summary>
    public sealed record Negate : Elementwise, ISampled
    {
        internal static Negate Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => -x);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Negate"/> to tensors.</summary>
    public static class NegateSyntax
    {
        extension(Tensor)
        {
            /// <inheritdoc cref="Ops.Negate"/>
            public static Tensor operator -(Tensor x) => Ops.Negate.Instance.Apply(x);
        }
    }
}
