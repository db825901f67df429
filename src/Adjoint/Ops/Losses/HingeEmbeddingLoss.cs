namespace Adjoint.Ops
{
    /// <summary>A distance that should be small or large: x where t is 1, <c>max(margin − x, 0)</c> where it is −1.</summary>
    /// <param name="Margin">The distance that is large enough.</param>
    public sealed record HingeEmbedding(double Margin) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        // Both parts for a target that is neither, as the definition by two masks has it.
        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((x, t) => (t == -1 ? 0 : x) + (t == 1 ? 0 : Math.Max(Margin - x, 0)));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            foreach (Shape shape in (Shape[])[[4, 3], [37], [], [0, 3]])
                yield return new(new HingeEmbedding(0.7), random.Uniform(shape, -2, 2, DType.F64), (random.Integers(shape, 0, 2) * 2) - 1);
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([8, 1]).HingeEmbeddingLoss(Tensor.Zeros([8])), "hinge_embedding_loss: the target must have the shape of x, but x is [8, 1] and the target is [8]. Hint: Losses do not broadcast; bring one to the other's shape with Reshape."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.HingeEmbedding"/> to tensors, as a loss.</summary>
    public static class HingeEmbeddingLossSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Wants distances x small where the target is 1 (<c>x</c>) and large where it is −1 (<c>max(margin − x, 0)</c>).</summary>
            /// <param name="target">1 or −1, of x's shape.</param>
            /// <param name="margin">The distance that is large enough.</param>
            /// <param name="reduction">The mean or the sum over all elements, or each by itself.</param>
            /// <exception cref="ShapeException">The shapes differ; losses do not broadcast.</exception>
            [PyTorch("torch.nn.functional.hinge_embedding_loss", "torch.nn.HingeEmbeddingLoss", Differs = "Shapes must be equal: no broadcasting.")]
            public Tensor HingeEmbeddingLoss(Tensor target, double margin = 1, Reduction reduction = Reduction.Mean)
            {
                Losses.CheckShapes("hinge_embedding_loss", x, target);
                return Losses.Reduce(new HingeEmbedding(margin).Apply(x, target), reduction);
            }
        }
    }
}
