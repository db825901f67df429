namespace Adjoint.Ops
{
    /// <summary>Square: <c>y = x²</c>.</summary>
    public sealed record Square : Elementwise, ISampled
    {
        internal static Square Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => x * x);

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Square"/> to tensors.</summary>
    public static class SquareSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Square"/>
            [PyTorch("torch.square")]
            public Tensor Square() => Ops.Square.Instance.Apply(x);
        }
    }
}
