namespace Adjoint.Ops
{
    /// <summary>Whether a is below b: <c>y = a &lt; b</c>.</summary>
    /// <remarks>Shapes broadcast; the result is Bool.</remarks>
    public sealed record Less : Elementwise, ISampled
    {
        internal static Less Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => a < b ? 1 : 0);

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
            /// <inheritdoc cref="Ops.Less"/>
            [PyTorch("torch.lt", "torch.less")]
            public static Tensor operator <(Tensor a, Tensor b) => Less.Instance.Apply(a, b);

            /// <inheritdoc cref="Ops.Less"/>
            public static Tensor operator <(Tensor a, double b) => Less.Instance.Apply(a, a.Constant(b));

            /// <inheritdoc cref="Ops.Less"/>
            public static Tensor operator <(double a, Tensor b) => Less.Instance.Apply(b.Constant(a), b);
        }
    }
}
