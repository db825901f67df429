namespace Adjoint.Ops
{
    /// <summary>Rectifier with a slope below zero: <c>y = x for x &gt; 0, slope·x otherwise</c>.</summary>
    /// <remarks>Source: Maas, Hannun, Ng 2013.</remarks>
    /// <param name="Slope">The slope for negative x.</param>
    public sealed record LeakyRelu(double Slope) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => x > 0 ? x : Slope * x);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            .. Unary.Samples(new LeakyRelu(0.01), random, -3, 3),
            .. Unary.Samples(new LeakyRelu(0.2), random, -3, 3),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.LeakyRelu"/> to tensors.</summary>
    public static class LeakyReluSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.LeakyRelu"/>
            /// <param name="slope">The slope for negative x.</param>
            [PyTorch("torch.nn.functional.leaky_relu", Differs = "`negative_slope` is `slope`.")]
            public Tensor LeakyRelu(double slope = 0.01) => new Ops.LeakyRelu(slope).Apply(x);
        }
    }
}
