namespace Adjoint.Ops
{
    /// <summary>Without NaN and infinities: <c>y = x where finite, else Nan, Positive or Negative</c>.</summary>
    /// <remarks>The gradient passes where x is finite.</remarks>
    /// <param name="Nan">What NaN becomes.</param>
    /// <param name="Positive">What +∞ becomes.</param>
    /// <param name="Negative">What −∞ becomes.</param>
    public sealed record NanToNum(double Nan, double Positive, double Negative) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => double.IsNaN(x) ? Nan : x == double.PositiveInfinity ? Positive : x == double.NegativeInfinity ? Negative : x);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(new NanToNum(0, 9, -9), random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.NanToNum"/> to tensors.</summary>
    public static class NanToNumSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.NanToNum"/>
            /// <param name="nan">What NaN becomes.</param>
            /// <param name="positive">What +∞ becomes; the largest number of the type if not given.</param>
            /// <param name="negative">What −∞ becomes; the lowest number of the type if not given.</param>
            public Tensor NanToNum(double nan = 0, double? positive = null, double? negative = null) => new Ops.NanToNum(nan, positive ?? Largest(x.DType), negative ?? -Largest(x.DType)).Apply(x);
        }

        static double Largest(DType dtype) => dtype == DType.F64 ? double.MaxValue : dtype == DType.F16 ? 65504 : dtype == DType.BF16 ? Math.ScaleB(2 - Math.ScaleB(1, -7), 127) : float.MaxValue;
    }
}
