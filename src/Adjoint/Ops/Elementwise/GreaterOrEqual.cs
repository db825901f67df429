namespace Adjoint.Ops
{
    /// <summary>Whether a is at least b: <c>y = a &gt;= b</c>.</summary>
    /// <remarks>Shapes broadcast; the result is Bool.</remarks>
    public sealed record GreaterOrEqual : Elementwise, ISampled
    {
        internal static GreaterOrEqual Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => a >= b ? 1 : 0);

        /// <inheritdoc/>
        protected override DType ResultType(DType promoted) => DType.Bool;

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Binary.Samples(Instance, random);
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds comparisons to tensors; operators that mirror each other must share a class.</summary>
    public static partial class ComparisonSyntax
    {
        extension(Tensor)
        {
            /// <inheritdoc cref="Ops.GreaterOrEqual"/>
            [PyTorch("torch.ge", "torch.greater_equal")]
            public static Tensor operator >=(Tensor a, Tensor b) => GreaterOrEqual.Instance.Apply(a, b);

            /// <inheritdoc cref="Ops.GreaterOrEqual"/>
            public static Tensor operator >=(Tensor a, double b) => GreaterOrEqual.Instance.Apply(a, a.Constant(b));

            /// <inheritdoc cref="Ops.GreaterOrEqual"/>
            public static Tensor operator >=(double a, Tensor b) => GreaterOrEqual.Instance.Apply(b.Constant(a), b);
        }
    }
}
