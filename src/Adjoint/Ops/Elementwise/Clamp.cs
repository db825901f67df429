namespace Adjoint.Ops
{
    /// <summary>Limited to an interval: <c>y = min(max(x, low), high)</c>.</summary>
    /// <remarks>The gradient passes where low ≤ x ≤ high.</remarks>
    /// <param name="Low">The smallest result.</param>
    /// <param name="High">The largest result.</param>
    public sealed record Clamp(double Low, double High) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Clamp(x, Low, High));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            .. Unary.Samples(new Clamp(-0.5, 0.8), random, -3, 3),
            .. Unary.Samples(new Clamp(double.NegativeInfinity, 1), random, -3, 3),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Clamp"/> to tensors.</summary>
    public static class ClampSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Clamp"/>
            /// <param name="low">The smallest result; none if omitted.</param>
            /// <param name="high">The largest result; none if omitted.</param>
            /// <exception cref="ArgumentException"><paramref name="low"/> is above <paramref name="high"/>.</exception>
            [PyTorch("torch.clamp", "torch.clip", Differs = "`min` and `max` are `low` and `high`; `low > high` is an error.")]
            public Tensor Clamp(double low = double.NegativeInfinity, double high = double.PositiveInfinity) => low > high
                ? throw new ArgumentException($"clamp: low must not be above high, but low is {low} and high is {high}.")
                : new Ops.Clamp(low, high).Apply(x);
        }
    }
}
