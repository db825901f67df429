namespace Adjoint.Ops
{
    /// <summary>Logistic function: <c>y = 1/(1 + e⁻ˣ)</c>.</summary>
    /// <remarks>Saves y: the slope is y(1 − y).</remarks>
    public sealed record Sigmoid : Elementwise, ISampled
    {
        internal static Sigmoid Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Vocabulary.Sigmoid(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Sigmoid"/> to tensors.</summary>
    public static class SigmoidSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Sigmoid"/>
            [PyTorch("torch.sigmoid", "torch.nn.functional.sigmoid", "torch.special.expit")]
            public Tensor Sigmoid() => Ops.Sigmoid.Instance.Apply(x);
        }
    }
}
