namespace Adjoint.Ops
{
    /// <summary>A point between two, element by element: <c>y = a + weight·(b − a)</c>.</summary>
    /// <remarks>Shapes broadcast.</remarks>
    public sealed record Lerp : Elementwise, ISampled
    {
        internal static Lerp Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b, weight) => a + (weight * (b - a)));

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
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Lerp"/> to tensors.</summary>
    public static class LerpSyntax
    {
        extension(Tensor a)
        {
            /// <inheritdoc cref="Ops.Lerp"/>
            /// <param name="b">The other end.</param>
            /// <param name="weight">0 gives a, 1 gives b.</param>
            public Tensor Lerp(Tensor b, Tensor weight) => Ops.Lerp.Instance.Apply(a, b, weight);

            /// <inheritdoc cref="Ops.Lerp"/>
            /// <param name="b">The other end.</param>
            /// <param name="weight">0 gives a, 1 gives b.</param>
            public Tensor Lerp(Tensor b, double weight) => Ops.Lerp.Instance.Apply(a, b, a.Constant(weight));
        }
    }
}
