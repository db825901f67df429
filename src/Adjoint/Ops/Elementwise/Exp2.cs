namespace Adjoint.Ops
{
    /// <summary>Power of two: <c>y = 2ˣ</c>.</summary>
    public sealed record Exp2 : Elementwise, ISampled
    {
        internal static Exp2 Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => double.Exp2(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Exp2"/> to tensors.</summary>
    public static class Exp2Syntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Exp2"/>
            [PyTorch("torch.exp2", "torch.special.exp2")]
            public Tensor Exp2() => Ops.Exp2.Instance.Apply(x);
        }
    }
}
