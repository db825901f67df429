namespace Adjoint.Ops
{
    /// <summary>Tangent, x in radians: <c>y = tan x</c>.</summary>
    public sealed record Tan : Elementwise, ISampled
    {
        internal static Tan Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Tan(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -1.2, 1.2);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Tan"/> to tensors.</summary>
    public static class TanSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Tan"/>
            [PyTorch("torch.tan")]
            public Tensor Tan() => Ops.Tan.Instance.Apply(x);
        }
    }
}
