namespace Adjoint.Ops
{
    /// <summary>Natural logarithm: <c>y = ln x</c>.</summary>
    /// <remarks>NaN for x &lt; 0, −∞ at 0.</remarks>
    public sealed record Log : Elementwise, ISampled
    {
        internal static Log Instance { get; } = new();

        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => Math.Log(x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, 0.2, 4);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Log"/> to tensors.</summary>
    public static class LogSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Log"/>
            [PyTorch("torch.log")]
            public Tensor Log() => Ops.Log.Instance.Apply(x);
        }
    }
}
