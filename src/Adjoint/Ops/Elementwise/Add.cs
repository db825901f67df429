namespace Adjoint.Ops
{
    /// <summary>Sum, element by element: <c>y = a + b</c>.</summary>
    /// <remarks>Shapes broadcast. Saves nothing.</remarks>
    public sealed record Add : Elementwise, ISampled
    {
        internal static Add Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => a + b);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Binary.Samples(Instance, random);

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => _ = Tensor.Zeros([2, 3]) + Tensor.Zeros([2]), "add: shapes must agree or broadcast (aligned at the last axis, sizes equal or 1), but they are [2, 3] and [2]."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Add"/> to tensors.</summary>
    public static class AddSyntax
    {
        extension(Tensor)
        {
            /// <inheritdoc cref="Ops.Add"/>
            [PyTorch("torch.add", Differs = "No `alpha`: write `a + alpha * b`.")]
            public static Tensor operator +(Tensor a, Tensor b) => Ops.Add.Instance.Apply(a, b);

            /// <inheritdoc cref="Ops.Add"/>
            public static Tensor operator +(Tensor a, double b) => Ops.Add.Instance.Apply(a, a.Constant(b));

            /// <inheritdoc cref="Ops.Add"/>
            public static Tensor operator +(double a, Tensor b) => Ops.Add.Instance.Apply(b.Constant(a), b);
        }
    }
}
