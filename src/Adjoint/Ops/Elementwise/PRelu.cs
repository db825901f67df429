namespace Adjoint.Ops
{
    /// <summary>Rectifier with learnt slopes: <c>y = x where x &gt; 0, else slope·x</c>.</summary>
    /// <remarks>The slope broadcasts. Source: He et al. 2015.</remarks>
    public sealed record PRelu : Elementwise, ISampled
    {
        internal static PRelu Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((x, slope) => x > 0 ? x : slope * x);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Binary.Samples(Instance, random);
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.PRelu"/> to tensors.</summary>
    public static class PReluSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.PRelu"/>
            /// <param name="slope">One slope, or one for each channel (axis 1; of an x with one axis, that one).</param>
            /// <exception cref="ShapeException">The number of slopes does not fit.</exception>
            public Tensor PRelu(Tensor slope)
            {
                ArgumentNullException.ThrowIfNull(slope);
                long channels = x.Rank > 1 ? x.Shape[1] : 1;
                if (slope.Elements != 1 && slope.Elements != channels) throw new ShapeException($"p_relu: there must be one slope or one for each of the {channels} channels, but there are {slope.Elements} and x is {x.Shape}.");
                Tensor each = slope.Elements == 1 ? slope.Reshape([]) : slope.Reshape([channels, .. Enumerable.Repeat(1L, x.Rank - 2)]);
                return Ops.PRelu.Instance.Apply(x, each);
            }
        }
    }
}
