namespace Adjoint.Ops
{
    /// <summary>A value wherever a mask is true: <c>y = mask ? Value : x</c>.</summary>
    /// <remarks>Shapes broadcast; the result has x's type. Saves the mask.</remarks>
    /// <param name="Value">The value; infinities are fine.</param>
    public sealed record MaskedFill(double Value) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((x, mask) => mask != 0 ? Value : x);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            Tensor Draw(Shape shape) => random.Normal(shape, dtype: DType.F64);
            Tensor Toss(Shape shape) => random.Integers(shape, 0, 2, DType.Bool);
            yield return new(new MaskedFill(-2), Draw([2, 3, 4]), Toss([3, 4]));
            yield return new(new MaskedFill(0), Draw([3, 1]), Toss([1, 4]));
            yield return new(new MaskedFill(7.5), Draw([1]), Toss([]));
            yield return new(new MaskedFill(1), Draw([0, 2]), Toss([2]));
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<DTypeException>(() => Tensor.Zeros([2]).MaskedFill(Tensor.Zeros([2]), 1), "masked_fill: the mask must be Bool, but it is F32. Hint: compare, as in mask.NotEqualTo(0)."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.MaskedFill"/> to tensors.</summary>
    public static class MaskedFillSyntax
    {
        extension(Tensor x)
        {
            /// <summary>A copy with a value wherever the mask is true.</summary>
            /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
            /// <exception cref="DTypeException">The mask is not Bool.</exception>
            [PyTorch("torch.masked_fill")]
            public Tensor MaskedFill(Tensor mask, double value)
            {
                ArgumentNullException.ThrowIfNull(mask);
                if (mask.DType != DType.Bool) throw new DTypeException($"masked_fill: the mask must be Bool, but it is {mask.DType}. Hint: compare, as in mask.NotEqualTo(0).");
                return new Ops.MaskedFill(value).Apply(x, mask);
            }
        }
    }
}
