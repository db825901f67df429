namespace Adjoint.Ops
{
    /// <summary>Quotient, element by element: <c>y = a/b</c>.</summary>
    /// <remarks>Shapes broadcast. Integers are divided as F32.</remarks>
    public sealed record Divide : Elementwise, ISampled
    {
        internal static Divide Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => a / b);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Binary.Samples(Instance, random, 0.5, 2);
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Divide"/> to tensors.</summary>
    public static class DivideSyntax
    {
        extension(Tensor)
        {
            /// <inheritdoc cref="Ops.Divide"/>
            [PyTorch("torch.div", "torch.true_divide", Differs = "Whole numbers give F32. For `rounding_mode` write `(a / b).Floor()` or `.Truncate()`.")]
            public static Tensor operator /(Tensor a, Tensor b) => Divide.Instance.Apply(a, b);

            /// <inheritdoc cref="Ops.Divide"/>
            public static Tensor operator /(Tensor a, double b) => Divide.Instance.Apply(a, a.Constant(b));

            /// <inheritdoc cref="Ops.Divide"/>
            public static Tensor operator /(double a, Tensor b) => Divide.Instance.Apply(b.Constant(a), b);
        }
    }
}
