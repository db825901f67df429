namespace Adjoint.Ops
{
    /// <summary>Remainder of a division with the sign of the divisor: <c>y = a − b·⌊a / b⌋</c>.</summary>
    /// <remarks>Shapes broadcast. The product is subtracted unrounded, and a remainder that lies on the wrong side of zero, because the rounded quotient was a whole number too large, is moved by one divisor. Whole numbers give whole numbers, 0 for a divisor of 0.</remarks>
    public sealed record Remainder : Elementwise, ISampled
    {
        internal static Remainder Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b) => OnTheRightSide.Apply(Math.FusedMultiplyAdd(-Math.Floor(a / b), b, a), a, b));

        static readonly Formula OnTheRightSide = Formula.Of((r, a, b) => b * r < 0 ? r + b : r);

        /// <inheritdoc/>
        protected override bool KeepsIntegers => true;

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            .. Binary.Samples(Instance, random, 0.3, 2),
            new(Instance, random.Integers([3, 40], -9, 10), random.Integers([40], 1, 5)),
            new(Instance, random.Integers([40], -9, 10, DType.I32), random.Integers([40], -5, 0, DType.I32)),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.Remainder"/> to tensors.</summary>
    public static class RemainderSyntax
    {
        extension(Tensor a)
        {
            /// <inheritdoc cref="Ops.Remainder"/>
            public Tensor Remainder(Tensor b) => Ops.Remainder.Instance.Apply(a, b);

            /// <inheritdoc cref="Ops.Remainder"/>
            public Tensor Remainder(double b) => Ops.Remainder.Instance.Apply(a, a.Constant(b));
        }
    }
}
