namespace Adjoint.Ops
{
    /// <summary>Rounded towards zero, element by element: <c>y = trunc x</c>.</summary>
    /// <remarks>The gradient is 0 everywhere.</remarks>
    public sealed record Truncate : Elementwise, ISampled
    {
        internal static Truncate Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Truncate(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Steps(Instance);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Truncate"/> to tensors.</summary>
    public static class TruncateSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Truncate"/>
            public Tensor Truncate() => Ops.Truncate.Instance.Apply(x);
        }
    }
}
