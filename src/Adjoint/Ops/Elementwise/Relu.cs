namespace Adjoint.Ops
{
    /// <summary>Rectifier: <c>y = max(x, 0)</c>.</summary>
    /// <remarks>Saves y. The gradient at 0 is 0; NaN stays NaN. Source: Nair and Hinton 2010.</remarks>
    public sealed record Relu : Elementwise, ISampled
    {
        internal static Relu Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Max(x, 0)).WithDerivative(0, (x, y, dy) => y <= 0 ? 0 : dy);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Relu"/> to tensors.</summary>
    public static class ReluSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Relu"/>
            [PyTorch("torch.relu", "torch.nn.functional.relu")]
            public Tensor Relu() => Ops.Relu.Instance.Apply(x);
        }
    }
}
