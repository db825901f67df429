namespace Adjoint.Ops
{
    /// <summary>Whether two values are equal: <c>y = a == b</c>.</summary>
    /// <remarks>Shapes broadcast; the result is Bool.</remarks>
    public sealed record Equal : Elementwise, ISampled
    {
        internal static Equal Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => a == b ? 1 : 0);

        /// <inheritdoc/>
        protected override DType ResultType(DType promoted) => DType.Bool;

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Binary.Samples(Instance, random);
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Equal"/> to tensors.</summary>
    public static class EqualSyntax
    {
        extension(Tensor a)
        {
            /// <inheritdoc cref="Ops.Equal"/>
            [PyTorch("torch.eq", Differs = "Not `==`, which in C# asks for one truth value: whether two handles are the same object.")]
            public Tensor EqualTo(Tensor b) => Ops.Equal.Instance.Apply(a, b);

            /// <inheritdoc cref="Ops.Equal"/>
            public Tensor EqualTo(double b) => Ops.Equal.Instance.Apply(a, a.Constant(b));
        }
    }
}
