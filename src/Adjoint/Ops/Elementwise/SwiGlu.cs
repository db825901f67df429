namespace Adjoint.Ops
{
    /// <summary>The gate of a SwiGLU feed-forward layer, element by element: <c>y = silu(a)·b = a·b/(1 + e⁻ᵃ)</c>.</summary>
    /// <remarks>Shapes broadcast. Saves a, and b where a wants a gradient; silu(a) is never stored. Source: Shazeer 2020, eq. 6.</remarks>
    public sealed record SwiGlu : Elementwise, ISampled
    {
        internal static SwiGlu Instance { get; } = new();

        /// <inheritdoc/>
        public override string Name => "swiglu";

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => a * Vocabulary.Sigmoid(a) * b);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Binary.Samples(Instance, random, -3, 3);

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).SwiGlu(Tensor.Zeros([2, 4])), "swiglu: shapes must agree or broadcast (aligned at the last axis, sizes equal or 1), but they are [2, 3] and [2, 4]."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.SwiGlu"/> to tensors.</summary>
    public static class SwiGluSyntax
    {
        extension(Tensor a)
        {
            /// <inheritdoc cref="Ops.SwiGlu"/>
            /// <param name="b">What the gate lets through.</param>
            public Tensor SwiGlu(Tensor b) => Ops.SwiGlu.Instance.Apply(a, b);
        }
    }
}
