namespace Adjoint.Ops
{
    /// <summary>Everything brought nearer to zero: <c>y = sign(x)·max(|x| − Lambda, 0)</c>.</summary>
    /// <param name="Lambda">How much nearer; not negative.</param>
    public sealed record SoftShrink(double Lambda) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => x > Lambda ? x - Lambda : x < -Lambda ? x + Lambda : 0);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(new SoftShrink(0.5), random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.SoftShrink"/> to tensors.</summary>
    public static class SoftShrinkSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.SoftShrink"/>
            /// <param name="lambda">How much nearer.</param>
            /// <exception cref="ArgumentException"><paramref name="lambda"/> is negative.</exception>
            public Tensor SoftShrink(double lambda = 0.5) => lambda >= 0
                ? new Ops.SoftShrink(lambda).Apply(x)
                : throw new ArgumentException(FormattableString.Invariant($"soft_shrink: lambda must not be negative, but it is {lambda}."));
        }
    }
}
