namespace Adjoint.Ops
{
    /// <summary>Exponential: <c>y = eˣ</c>.</summary>
    /// <remarks>Saves y.</remarks>
    public sealed record Exp : Elementwise, ISampled
    {
        internal static Exp Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Exp(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Exp"/> to tensors.</summary>
    public static class ExpSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Exp"/>
            [PyTorch("torch.exp")]
            public Tensor Exp() => Ops.Exp.Instance.Apply(x);
        }
    }
}
