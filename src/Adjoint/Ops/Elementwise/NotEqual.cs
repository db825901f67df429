namespace Adjoint.Ops
{
    /// <summary>Whether two values differ: <c>y = a != b</c>.</summary>
    /// <remarks>Shapes broadcast; the result is Bool.</remarks>
    public sealed record NotEqual : Elementwise, ISampled
    {
        internal static NotEqual Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => a != b ? 1 : 0);

        /// <inheritdoc/>
        protected override DType ResultType(DType promoted) => DType.Bool;

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Binary.Samples(Instance, random);
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.NotEqual"/> to tensors.</summary>
    public static class NotEqualSyntax
    {
        extension(Tensor a)
        {
            /// <inheritdoc cref="Ops.NotEqual"/>
            [PyTorch("torch.ne", "torch.not_equal", Differs = "Not `!=`.")]
            public Tensor NotEqualTo(Tensor b) => Ops.NotEqual.Instance.Apply(a, b);

            /// <inheritdoc cref="Ops.NotEqual"/>
            public Tensor NotEqualTo(double b) => Ops.NotEqual.Instance.Apply(a, a.Constant(b));
        }
    }
}
