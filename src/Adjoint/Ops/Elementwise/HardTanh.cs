namespace Adjoint.Ops
{
    /// <summary>Hyperbolic tangent from straight lines: <c>y = min(max(x, low), high)</c>.</summary>
    /// <remarks>The gradient at both ends is 0; <see cref="Clamp"/> passes it there.</remarks>
    /// <param name="Low">The smallest result.</param>
    /// <param name="High">The largest result.</param>
    public sealed record HardTanh(double Low, double High) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => x <= Low ? Low : x >= High ? High : x);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            .. Unary.Samples(new HardTanh(-0.7, 1.1), random, -3, 3),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.HardTanh"/> to tensors.</summary>
    public static class HardTanhSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.HardTanh"/>
            /// <param name="low">The smallest result.</param>
            /// <param name="high">The largest result.</param>
            [PyTorch("torch.nn.functional.hardtanh", Differs = "`min_val`, `max_val` are `low`, `high`.")]
            public Tensor HardTanh(double low = -1, double high = 1) => new Ops.HardTanh(low, high).Apply(x);
        }
    }
}
