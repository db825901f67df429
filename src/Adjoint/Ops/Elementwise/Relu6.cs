namespace Adjoint.Ops
{
    /// <summary>Rectifier that stops at six: <c>y = min(max(x, 0), 6)</c>.</summary>
    /// <remarks>The gradient at both ends is 0. Source: Krizhevsky 2010.</remarks>
    public sealed record Relu6 : Elementwise, ISampled
    {
        internal static Relu6 Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => x <= 0 ? 0 : x >= 6 ? 6 : x);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 9);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Relu6"/> to tensors.</summary>
    public static class Relu6Syntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Relu6"/>
            [PyTorch("torch.nn.functional.relu6")]
            public Tensor Relu6() => Ops.Relu6.Instance.Apply(x);
        }
    }
}
