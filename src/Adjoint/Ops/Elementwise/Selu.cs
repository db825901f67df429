namespace Adjoint.Ops
{
    /// <summary>Self-normalising exponential unit: <c>y = λx for x &gt; 0, λα(eˣ − 1) otherwise</c>.</summary>
    /// <remarks>λ and α keep mean 0 and variance 1 from layer to layer. Source: Klambauer et al. 2017.</remarks>
    public sealed record Selu : Elementwise, ISampled
    {
        internal static Selu Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => x > 0 ? Scale * x : Scale * Alpha * Vocabulary.Expm1(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);

        const double Alpha = 1.6732632423543772848170429916717;
        const double Scale = 1.0507009873554804934193349852946;
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Selu"/> to tensors.</summary>
    public static class SeluSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Selu"/>
            [PyTorch("torch.nn.functional.selu")]
            public Tensor Selu() => Ops.Selu.Instance.Apply(x);
        }
    }
}
