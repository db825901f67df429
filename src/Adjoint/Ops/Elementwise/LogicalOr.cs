namespace Adjoint.Ops
{
    /// <summary>Whether one is true (or not zero), element by element: <c>y = a ∨ b</c>.</summary>
    /// <remarks>Shapes broadcast. The result is Bool.</remarks>
    public sealed record LogicalOr : Elementwise, ISampled
    {
        internal static LogicalOr Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => a != 0 || b != 0 ? 1 : 0);

        /// <inheritdoc/>
        protected override DType ResultType(DType promoted) => DType.Bool;

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => [new(Instance, random.Integers([3, 4], 0, 2, DType.Bool), random.Integers([4], 0, 2, DType.Bool)), new(Instance, random.Integers([3, 1], 0, 2), random.Integers([1, 5], 0, 2))];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.LogicalOr"/> to tensors.</summary>
    public static class LogicalOrSyntax
    {
        extension(Tensor a)
        {
            /// <inheritdoc cref="Ops.LogicalOr"/>
            public Tensor LogicalOr(Tensor b) => Ops.LogicalOr.Instance.Apply(a, b);
        }
    }
}
