namespace Adjoint.Ops
{
    /// <summary>One of two values, element by element: <c>y = condition ? a : b</c>.</summary>
    /// <remarks>Shapes broadcast; a and b are promoted to a common type. Saves the condition.</remarks>
    public sealed record Where : Elementwise, ISampled
    {
        internal static Where Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((condition, a, b) => condition != 0 ? a : b);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            Tensor Draw(Shape shape) => random.Normal(shape, dtype: DType.F64);
            Tensor Toss(Shape shape) => random.Integers(shape, 0, 2, DType.Bool);
            yield return new(Instance, Toss([3, 4]), Draw([3, 4]), Draw([4]));
            yield return new(Instance, Toss([2, 1, 4]), Draw([3, 1]), Draw([]));
            yield return new(Instance, Toss([1]), Draw([1]), Draw([1]));
            yield return new(Instance, Toss([0, 3]), Draw([3]), Draw([0, 3]));
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([2], DType.Bool).Where(Tensor.Zeros([3]), Tensor.Zeros([3])), "where: shapes must agree or broadcast (aligned at the last axis, sizes equal or 1), but they are [2] and [3] and [3]."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Where"/> to tensors.</summary>
    public static class WhereSyntax
    {
        extension(Tensor condition)
        {
            /// <summary>The element of <paramref name="a"/> where this tensor is true (not zero), else that of <paramref name="b"/>.</summary>
            /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
            [PyTorch("torch.where", Differs = "A method of the condition.")]
            public Tensor Where(Tensor a, Tensor b) => Ops.Where.Instance.Apply(condition, a, b);

            /// <inheritdoc cref="Where(Tensor, Tensor, Tensor)"/>
            public Tensor Where(Tensor a, double b) => Ops.Where.Instance.Apply(condition, a, a.Constant(b));

            /// <inheritdoc cref="Where(Tensor, Tensor, Tensor)"/>
            public Tensor Where(double a, Tensor b) => Ops.Where.Instance.Apply(condition, b.Constant(a), b);
        }
    }
}
