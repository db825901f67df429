namespace Adjoint.Ops
{
    /// <summary>How far a pair misses its order: <c>max(−t·(a − b) + margin, 0)</c>.</summary>
    /// <remarks>Three inputs: a, b, and t, which is 1 where a should be larger and −1 where b should.</remarks>
    /// <param name="Margin">How far apart they should be.</param>
    public sealed record RankingError(double Margin) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((a, b, t) => Math.Max((t * (b - a)) + Margin, 0));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random)
        {
            foreach (Shape shape in (Shape[])[[4, 3], [37], [], [0, 3]])
                yield return new(new RankingError(0.3), random.Uniform(shape, -2, 2, DType.F64), random.Uniform(shape, -2, 2, DType.F64), (random.Integers(shape, 0, 2) * 2) - 1);
        }

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([8]).MarginRankingLoss(Tensor.Zeros([8]), Tensor.Zeros([8, 1])), "margin_ranking_loss: the target must have the shape of x, but x is [8] and the target is [8, 1]. Hint: Losses do not broadcast; bring one to the other's shape with Reshape."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.RankingError"/> to tensors, as a loss.</summary>
    public static class MarginRankingLossSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Ranks x above or below another score: <c>max(−t·(x − other) + margin, 0)</c>.</summary>
            /// <param name="other">The other score, of x's shape.</param>
            /// <param name="target">t, of x's shape: 1 where x should be larger, −1 where the other should.</param>
            /// <param name="margin">How far apart they should be.</param>
            /// <param name="reduction">The mean or the sum over all elements, or each by itself.</param>
            /// <exception cref="ShapeException">The shapes differ; losses do not broadcast.</exception>
            [PyTorch("torch.nn.functional.margin_ranking_loss", "torch.nn.MarginRankingLoss", Differs = "Shapes must be equal: no broadcasting.")]
            public Tensor MarginRankingLoss(Tensor other, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
            {
                Losses.CheckShapes("margin_ranking_loss", x, other);
                Losses.CheckShapes("margin_ranking_loss", x, target);
                return Losses.Reduce(new RankingError(margin).Apply(x, other, target), reduction);
            }
        }
    }
}
