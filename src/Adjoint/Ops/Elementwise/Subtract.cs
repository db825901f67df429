namespace Adjoint.Ops
{
    /// <summary>Difference, element by element: <c>y = a − b</c>.</summary>
    /// <remarks>Shapes broadcast.</remarks>
    public sealed record Subtract : Elementwise, ISampled
    {
        internal static Subtract Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => a - b);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Binary.Samples(Instance, random);
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Subtract"/> to tensors.</summary>
    public static class SubtractSyntax
    {
        extension(Tensor)
        {
            /// <inheritdoc cref="Ops.Subtract"/>
            [PyTorch("torch.sub", "torch.subtract", Differs = "No `alpha`: write `a - alpha * b`.")]
            public static Tensor operator -(Tensor a, Tensor b) => Subtract.Instance.Apply(a, b);

            /// <inheritdoc cref="Ops.Subtract"/>
            public static Tensor operator -(Tensor a, double b) => Subtract.Instance.Apply(a, a.Constant(b));

            /// <inheritdoc cref="Ops.Subtract"/>
            public static Tensor operator -(double a, Tensor b) => Subtract.Instance.Apply(b.Constant(a), b);
        }
    }
}
