namespace Adjoint.Ops
{
    /// <summary>Limited to intervals of its own, element by element: <c>y = min(max(x, low), high)</c>.</summary>
    /// <remarks>Shapes broadcast. The gradient passes where low ≤ x ≤ high; outside it belongs to the limit.</remarks>
    public sealed record ClampBetween : Elementwise, ISampled
    {
        internal static ClampBetween Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((x, low, high) => Math.Clamp(x, low, high));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(Instance, random.Uniform([3, 4], -2, 2, DType.F64), random.Uniform([4], -1, -0.2, DType.F64), random.Uniform([3, 1], 0.2, 1, DType.F64)),
            new(Instance, random.Uniform([67], -2, 2, DType.F64), random.Uniform([67], -1, -0.2, DType.F64), random.Uniform([], 0.2, 1, DType.F64)),
            new(Instance, Tensor.Zeros([0], DType.F64), Tensor.Zeros([0], DType.F64), Tensor.Zeros([], DType.F64)),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.ClampBetween"/> to tensors.</summary>
    public static class ClampBetweenSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.ClampBetween"/>
            /// <param name="low">The smallest results.</param>
            /// <param name="high">The largest results.</param>
            public Tensor Clamp(Tensor low, Tensor high) => Ops.ClampBetween.Instance.Apply(x, low, high);
        }
    }
}
