namespace Adjoint.Ops
{
    /// <summary>Negative: <c>y = −x</c>.</summary>
    public sealed record Negate : Elementwise, ISampled
    {
        internal static Negate Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => -x);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<DTypeException>(() => _ = -Tensor.Zeros([2], DType.Bool), "negate: x must hold numbers, but it is Bool. Hint: LogicalNot exchanges true and false."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Negate"/> to tensors.</summary>
    public static class NegateSyntax
    {
        extension(Tensor)
        {
            /// <inheritdoc cref="Ops.Negate"/>
            /// <exception cref="DTypeException">The elements are Bool.</exception>
            public static Tensor operator -(Tensor x)
            {
                ArgumentNullException.ThrowIfNull(x);
                if (x.DType == DType.Bool) throw new DTypeException("negate: x must hold numbers, but it is Bool. Hint: LogicalNot exchanges true and false.");
                return Ops.Negate.Instance.Apply(x);
            }
        }
    }
}
