namespace Adjoint.Ops
{
    /// <summary>Nearest integer, halves to even: <c>y = round(x)</c>.</summary>
    /// <remarks>The gradient is 0.</remarks>
    public sealed record Round : Elementwise, ISampled
    {
        internal static Round Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Round(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Steps(Instance);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Round"/> to tensors.</summary>
    public static class RoundSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Round"/>
            [PyTorch("torch.round", Differs = "No `decimals`. Halves go to the even neighbour, as in PyTorch.")]
            public Tensor Round() => Ops.Round.Instance.Apply(x);
        }
    }
}
