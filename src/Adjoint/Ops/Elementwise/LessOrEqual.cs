namespace Adjoint.Ops
{
    /// <summary>Whether a is at most b: <c>y = a &lt;= b</c>.</summary>
    /// <remarks>Shapes broadcast; the result is Bool.</remarks>
    public sealed record LessOrEqual : Elementwise, ISampled
    {
        internal static LessOrEqual Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => a <= b ? 1 : 0);

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
            /// <inheritdoc cref="Ops.LessOrEqual"/>
            [PyTorch("torch.le", "torch.less_equal")]
            public static Tensor operator <=(Tensor a, Tensor b) => LessOrEqual.Instance.Apply(a, b);

            /// <inheritdoc cref="Ops.LessOrEqual"/>
            public static Tensor operator <=(Tensor a, double b) => LessOrEqual.Instance.Apply(a, a.Constant(b));

            /// <inheritdoc cref="Ops.LessOrEqual"/>
            public static Tensor operator <=(double a, Tensor b) => LessOrEqual.Instance.Apply(b.Constant(a), b);
        }
    }
}
