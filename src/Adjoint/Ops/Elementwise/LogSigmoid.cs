namespace Adjoint.Ops
{
    /// <summary>Logarithm of the logistic function, stable on both sides: <c>y = −ln(1 + e⁻ˣ)</c>.</summary>
    public sealed record LogSigmoid : Elementwise, ISampled
    {
        internal static LogSigmoid Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Vocabulary.LogSigmoid(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.LogSigmoid"/> to tensors.</summary>
    public static class LogSigmoidSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.LogSigmoid"/>
            [PyTorch("torch.nn.functional.logsigmoid")]
            public Tensor LogSigmoid() => Ops.LogSigmoid.Instance.Apply(x);
        }
    }
}
