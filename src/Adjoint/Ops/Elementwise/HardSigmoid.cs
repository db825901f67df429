namespace Adjoint.Ops
{
    /// <summary>Sigmoid from straight lines: <c>y = min(max(x + 3, 0), 6)/6</c>.</summary>
    /// <remarks>The gradient at both ends is 0.</remarks>
    public sealed record HardSigmoid : Elementwise, ISampled
    {
        internal static HardSigmoid Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => x <= -3 ? 0 : x >= 3 ? 1 : (x + 3) / 6);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -5, 5);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.HardSigmoid"/> to tensors.</summary>
    public static class HardSigmoidSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.HardSigmoid"/>
            [PyTorch("torch.nn.functional.hardsigmoid")]
            public Tensor HardSigmoid() => Ops.HardSigmoid.Instance.Apply(x);
        }
    }
}
