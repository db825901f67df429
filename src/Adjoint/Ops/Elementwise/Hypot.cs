namespace Adjoint.Ops
{
    /// <summary>Length of the hypotenuse, element by element: <c>y = √(a² + b²)</c>.</summary>
    /// <remarks>Shapes broadcast. The gradient is NaN where both are 0.</remarks>
    public sealed record Hypot : Elementwise, ISampled
    {
        internal static Hypot Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => Math.Sqrt((a * a) + (b * b))).WithDerivative(0, (a, b, y, dy) => dy * a / y).WithDerivative(1, (a, b, y, dy) => dy * b / y);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Binary.Samples(Instance, random, 0.3, 2);
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Hypot"/> to tensors.</summary>
    public static class HypotSyntax
    {
        extension(Tensor a)
        {
            /// <inheritdoc cref="Ops.Hypot"/>
            [PyTorch("torch.hypot")]
            public Tensor Hypot(Tensor b) => Ops.Hypot.Instance.Apply(a, b);
        }
    }
}
