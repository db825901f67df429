namespace Adjoint.Ops
{
    /// <summary>Replaced where it is not above a limit: <c>y = x where x &gt; Limit, else Value</c>.</summary>
    /// <param name="Limit">The limit.</param>
    /// <param name="Value">What takes the place of everything up to it.</param>
    public sealed record Threshold(double Limit, double Value) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => x > Limit ? x : Value);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(new Threshold(0.3, -2), random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Threshold"/> to tensors.</summary>
    public static class ThresholdSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Threshold"/>
            /// <param name="limit">The limit.</param>
            /// <param name="value">What takes the place of everything up to it.</param>
            public Tensor Threshold(double limit, double value) => new Ops.Threshold(limit, value).Apply(x);
        }
    }
}
