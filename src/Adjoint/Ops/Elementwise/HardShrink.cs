namespace Adjoint.Ops
{
    /// <summary>Small numbers set to zero: <c>y = x where |x| &gt; Lambda, else 0</c>.</summary>
    /// <param name="Lambda">Up to what magnitude numbers vanish.</param>
    public sealed record HardShrink(double Lambda) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Abs(x) > Lambda ? x : 0);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(new HardShrink(0.5), random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.HardShrink"/> to tensors.</summary>
    public static class HardShrinkSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.HardShrink"/>
            /// <param name="lambda">Up to what magnitude numbers vanish.</param>
            public Tensor HardShrink(double lambda = 0.5) => new Ops.HardShrink(lambda).Apply(x);
        }
    }
}
