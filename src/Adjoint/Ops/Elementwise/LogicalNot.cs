namespace Adjoint.Ops
{
    /// <summary>Whether it is zero or false, element by element: <c>y = ¬x</c>.</summary>
    /// <remarks>The result is Bool.</remarks>
    public sealed record LogicalNot : Elementwise, ISampled
    {
        internal static LogicalNot Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => x != 0 ? 0 : 1);

        /// <inheritdoc/>
        protected override DType ResultType(DType promoted) => DType.Bool;

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => [new(Instance, random.Integers([3, 5], 0, 2)), new(Instance, random.Integers([67], 0, 2, DType.Bool)), new(Instance, Tensor.Zeros([0], DType.F64))];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.LogicalNot"/> to tensors.</summary>
    public static class LogicalNotSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.LogicalNot"/>
            public Tensor LogicalNot() => Ops.LogicalNot.Instance.Apply(x);
        }
    }
}
