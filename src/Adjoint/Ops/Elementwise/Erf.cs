namespace Adjoint.Ops
{
    /// <summary>Error function: <c>y = 2/√π ∫₀ˣ e^(−t²) dt</c>.</summary>
    public sealed record Erf : Elementwise, ISampled
    {
        internal static Erf Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Vocabulary.Erf(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Erf"/> to tensors.</summary>
    public static class ErfSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Erf"/>
            [PyTorch("torch.erf", "torch.special.erf")]
            public Tensor Erf() => Ops.Erf.Instance.Apply(x);
        }
    }
}
