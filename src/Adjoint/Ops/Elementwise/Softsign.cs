namespace Adjoint.Ops
{
    /// <summary>Softsign: <c>y = x/(1 + |x|)</c>.</summary>
    public sealed record Softsign : Elementwise, ISampled
    {
        internal static Softsign Instance { get; } = new();

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of(x => x / (1 + Math.Abs(x)));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Unary.Samples(Instance, random, -3, 3);
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Softsign"/> to tensors.</summary>
    public static class SoftsignSyntax
    {
        extension(Tensor x)
        {
            /// <inheritdoc cref="Ops.Softsign"/>
            [PyTorch("torch.nn.functional.softsign")]
            public Tensor Softsign() => Ops.Softsign.Instance.Apply(x);
        }
    }
}
