namespace Adjoint.Ops
{
    /// <summary>A term of the Kullback-Leibler divergence: <c>t·(ln t − x)</c>, 0 where t is 0; x is a logarithm of a probability.</summary>
    /// <remarks>The method on tensors refuses shapes that differ.</remarks>
    /// <param name="LogTarget">Whether the target is given by its logarithm: <c>eᵗ·(t − x)</c>.</param>
    public sealed record KullbackLeibler(bool LogTarget) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => LogTarget
            ? Formula.Of((x, t) => Math.Exp(t) * (t - x))
            : Formula.Of((x, t) => t == 0 ? 0 : t * (Math.Log(t) - x));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            .. Losses.Samples(random, new KullbackLeibler(false), 0.1, 0.9),
            .. Losses.Samples(random, new KullbackLeibler(true)),
            new(new KullbackLeibler(false), random.Normal([3], dtype: DType.F64), Tensor.From([0.0, 1, 0])) { Constant = [1] },
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([8, 1]).KlDiv(Tensor.Zeros([8])), "kl_div: the target must have the shape of x, but x is [8, 1] and the target is [8]. Hint: Losses do not broadcast; bring one to the other's shape with Reshape."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([]).KlDivBatchMean(Tensor.Zeros([])), "kl_div: a mean over the batch needs an axis of samples, but x is []."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.KullbackLeibler"/> to tensors, as a loss.</summary>
    public static class KlDivSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Kullback-Leibler divergence of the target from log-probabilities x: <c>t·(ln t − x)</c>.</summary>
            /// <param name="target">The probabilities t, or their logarithms, of x's shape.</param>
            /// <param name="reduction">The mean or the sum over all elements, or each by itself; the divergence itself is <see cref="KlDivBatchMean"/>.</param>
            /// <param name="logTarget">Whether the target holds logarithms.</param>
            /// <exception cref="ShapeException">The shapes differ; losses do not broadcast.</exception>
            [PyTorch("torch.nn.functional.kl_div", "torch.nn.KLDivLoss", Differs = "Shapes must be equal: no broadcasting. The mean is over all elements, as PyTorch's `\"mean\"`.")]
            public Tensor KlDiv(Tensor target, Reduction reduction = Reduction.Mean, bool logTarget = false)
            {
                Losses.CheckShapes("kl_div", x, target);
                return Losses.Reduce(new KullbackLeibler(logTarget).Apply(x, target), reduction);
            }

            /// <summary>The divergence's mean over the first axis: the sum of all terms divided by the number of samples.</summary>
            /// <param name="target">The probabilities t, or their logarithms, of x's shape.</param>
            /// <param name="logTarget">Whether the target holds logarithms.</param>
            /// <exception cref="ShapeException">The shapes differ, or there is no first axis.</exception>
            [PyTorch("torch.nn.functional.kl_div", "torch.nn.KLDivLoss", Differs = "`reduction=\"batchmean\"`.")]
            public Tensor KlDivBatchMean(Tensor target, bool logTarget = false)
            {
                if (x.Rank == 0) throw new ShapeException($"kl_div: a mean over the batch needs an axis of samples, but x is {x.Shape}.");
                return x.KlDiv(target, Reduction.Sum, logTarget) / x.Shape[0];
            }
        }
    }
}
