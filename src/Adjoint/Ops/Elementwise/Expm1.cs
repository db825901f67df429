namespace Adjoint.Ops
{
    /// <summary>Exponential minus one, exact near zero: <c>y = eˣ − 1</c>.</summary>
    public sealed record Expm1 : Elementwise, ISampled
    {
        internal static Expm1 Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Vocabulary.Expm1(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Expm1"/> to tensors.</summary>
    public static class Expm1Syntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Expm1"/>
            [PyTorch("torch.expm1", "torch.special.expm1")]
            public Tensor Expm1() => Ops.Expm1.Instance.Apply(x);
        }
    }
}
