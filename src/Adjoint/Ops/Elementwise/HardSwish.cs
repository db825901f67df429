namespace Adjoint.Ops
{
    /// <summary>Swish from straight lines: <c>y = x·min(max(x + 3, 0), 6)/6</c>.</summary>
    /// <remarks>Source: Howard et al. 2019, MobileNetV3.</remarks>
    public sealed record HardSwish : Elementwise, ISampled
    {
        internal static HardSwish Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => x <= -3 ? 0 : x >= 3 ? x : x * (x + 3) / 6);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -5, 5);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.HardSwish"/> to tensors.</summary>
    public static class HardSwishSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.HardSwish"/>
            [PyTorch("torch.nn.functional.hardswish")]
            public Tensor HardSwish() => Ops.HardSwish.Instance.Apply(x);
        }
    }
}
