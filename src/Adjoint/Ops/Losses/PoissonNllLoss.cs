namespace Adjoint.Ops
{
    /// <summary>Negative log-likelihood of a count t under a Poisson distribution: <c>eˣ − t·x</c>, x being the logarithm of its mean.</summary>
    /// <param name="LogInput">Whether x is the logarithm; else <c>x − t·ln(x + ε)</c>.</param>
    /// <param name="Full">Whether to add Stirling's approximation of ln t!, <c>t·ln t − t + ½·ln 2πt</c>, where t is above 1.</param>
    /// <param name="Epsilon">ε, which keeps the logarithm of 0 finite.</param>
    public sealed record PoissonLikelihood(bool LogInput, bool Full, double Epsilon) : Elementwise, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => (LogInput, Full) switch
        {
            (true, false) => Formula.Of((x, t) => Math.Exp(x) - (t * x)),
            (false, false) => Formula.Of((x, t) => x - (t * Math.Log(x + Epsilon))),
            (true, true) => Formula.Of((x, t) => Math.Exp(x) - (t * x) + (t > 1 ? (t * Math.Log(t)) - t + (0.5 * Math.Log(2 * Math.PI * t)) : 0)),
            _ => Formula.Of((x, t) => x - (t * Math.Log(x + Epsilon)) + (t > 1 ? (t * Math.Log(t)) - t + (0.5 * Math.Log(2 * Math.PI * t)) : 0)),
        };

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            .. Losses.Samples(random, new PoissonLikelihood(true, false, 1e-8)),
            .. Losses.Samples(random, new PoissonLikelihood(false, false, 1e-8), 0.2, 3),
            .. Losses.Samples(random, new PoissonLikelihood(true, true, 1e-8), 1.1, 4),
            .. Losses.Samples(random, new PoissonLikelihood(false, true, 1e-3), 0.1, 0.9),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([8, 1]).PoissonNllLoss(Tensor.Zeros([8])), "poisson_nll_loss: the target must have the shape of x, but x is [8, 1] and the target is [8]. Hint: Losses do not broadcast; bring one to the other's shape with Reshape."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.PoissonLikelihood"/> to tensors, as a loss.</summary>
    public static class PoissonNllLossSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Negative log-likelihood of counts under Poisson distributions: <c>eˣ − t·x</c>, or <c>x − t·ln(x + ε)</c>.</summary>
            /// <param name="target">The counts t, of x's shape.</param>
            /// <param name="logInput">Whether x is the logarithm of the mean, or the mean itself.</param>
            /// <param name="full">Whether to add an approximation of ln t!, which does not depend on x.</param>
            /// <param name="epsilon">ε, where x is the mean itself.</param>
            /// <param name="reduction">The mean or the sum over all elements, or each by itself.</param>
            /// <exception cref="ShapeException">The shapes differ; losses do not broadcast.</exception>
            [PyTorch("torch.nn.functional.poisson_nll_loss", "torch.nn.PoissonNLLLoss", Differs = "Shapes must be equal: no broadcasting.")]
            public Tensor PoissonNllLoss(Tensor target, bool logInput = true, bool full = false, double epsilon = 1e-8, Reduction reduction = Reduction.Mean)
            {
                Losses.CheckShapes("poisson_nll_loss", x, target);
                return Losses.Reduce(new PoissonLikelihood(logInput, full, epsilon).Apply(x, target), reduction);
            }
        }
    }
}
