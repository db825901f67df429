namespace Adjoint.Ops
{
    /// <summary>Whether exactly one is true (or not zero), element by element.</summary>
    /// <remarks>Shapes broadcast. The result is Bool.</remarks>
    public sealed record LogicalXor : Elementwise, ISampled
    {
        internal static LogicalXor Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => (a != 0 && b == 0) || (a == 0 && b != 0) ? 1 : 0);

        /// <inheritdoc/>
        protected override DType ResultType(DType promoted) => DType.Bool;

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => [new(Instance, random.Integers([3, 4], 0, 2, DType.Bool), random.Integers([4], 0, 2, DType.Bool)), new(Instance, random.Integers([3, 1], 0, 2), random.Integers([1, 5], 0, 2))];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.LogicalXor"/> to tensors.</summary>
    public static class LogicalXorSyntax
    {
        extension(Tensor a)
        {
            /// <inheritdoc cref="Ops.LogicalXor"/>
            public Tensor LogicalXor(Tensor b) => Ops.LogicalXor.Instance.Apply(a, b);
        }
    }
}
