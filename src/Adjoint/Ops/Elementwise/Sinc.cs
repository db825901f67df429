namespace Adjoint.Ops
{
    /// <summary>Normalised cardinal sine: <c>y = sin(πx) / (πx)</c>, 1 at 0.</summary>
    public sealed record Sinc : Elementwise, ISampled
    {
        internal static Sinc Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, 0.2, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Sinc"/> to tensors.</summary>
    public static class SincSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Sinc"/>
            public Tensor Sinc() => Ops.Sinc.Instance.Apply(x);
        }
    }
}
