namespace Adjoint.Ops
{
    /// <summary>Whether it is neither NaN nor infinite, element by element.</summary>
    /// <remarks>The result is Bool.</remarks>
    public sealed record IsFinite : Elementwise, ISampled
    {
        internal static IsFinite Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Abs(x) < double.PositiveInfinity ? 1 : 0);

        /// <inheritdoc/>
        protected override DType ResultType(DType promoted) => DType.Bool;

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.IsFinite"/> to tensors.</summary>
    public static class IsFiniteSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.IsFinite"/>
            public Tensor IsFinite() => Ops.IsFinite.Instance.Apply(x);
        }
    }
}
