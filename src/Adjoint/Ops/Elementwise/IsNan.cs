namespace Adjoint.Ops
{
    /// <summary>Whether it is not a number, element by element.</summary>
    /// <remarks>The result is Bool.</remarks>
    public sealed record IsNan : Elementwise, ISampled
    {
        internal static IsNan Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => double.IsNaN(x) ? 1 : 0);

        /// <inheritdoc/>
        protected override DType ResultType(DType promoted) => DType.Bool;

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.IsNan"/> to tensors.</summary>
    public static class IsNanSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.IsNan"/>
            public Tensor IsNan() => Ops.IsNan.Instance.Apply(x);
        }
    }
}
