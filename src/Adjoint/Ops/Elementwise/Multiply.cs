namespace Adjoint.Ops
{
    /// <summary>Product, element by element: <c>y = a·b</c>.</summary>
    /// <remarks>Shapes broadcast. Saves the other factor of each input whose gradient is wanted.</remarks>
    public sealed record Multiply : Elementwise, ISampled
    {
        internal static Multiply Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => a * b);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Binary.Samples(Instance, random);

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => _ = Tensor.Zeros([2, 3]) * Tensor.Zeros([4, 3]), "multiply: shapes must agree or broadcast (aligned at the last axis, sizes equal or 1), but they are [2, 3] and [4, 3]."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Multiply"/> to tensors.</summary>
    public static class MultiplySyntax
    {
        extension(Tensor)
        {
            /// <inheritdoc cref="Ops.Multiply"/>
            [PyTorch("torch.mul", "torch.multiply")]
            public static Tensor operator *(Tensor a, Tensor b) => Multiply.Instance.Apply(a, b);

            /// <inheritdoc cref="Ops.Multiply"/>
            public static Tensor operator *(Tensor a, double b) => Multiply.Instance.Apply(a, a.Constant(b));

            /// <inheritdoc cref="Ops.Multiply"/>
            public static Tensor operator *(double a, Tensor b) => Multiply.Instance.Apply(b.Constant(a), b);
        }
    }
}
