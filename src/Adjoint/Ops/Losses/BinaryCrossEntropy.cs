namespace Adjoint.Ops
{
    /// <summary>Binary cross-entropy of a probability: <c>−(t·ln x + (1 − t)·ln(1 − x))</c>, each logarithm at least −100.</summary>
    /// <remarks>The gradient (x − t)/(x(1 − x)) has a denominator of at least 10⁻¹², so that a wrong certainty can still be unlearned.</remarks>
    public sealed record BinaryCrossEntropy : Elementwise, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula
            .Of((x, t) => -((t * Math.Max(Math.Log(x), -100)) + ((1 - t) * Math.Max(Vocabulary.Log1p(-x), -100))))
            .WithDerivative(0, (x, t, y, dy) => dy * (x - t) / Math.Max(x * (1 - x), 1e-12));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Losses.Samples(random, new BinaryCrossEntropy(), 0.1, 0.9);

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([8, 1]).BinaryCrossEntropy(Tensor.Zeros([8])), "binary_cross_entropy: the target must have the shape of x, but x is [8, 1] and the target is [8]. Hint: Losses do not broadcast; bring one to the other's shape with Reshape."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([8]).BinaryCrossEntropy(Tensor.Zeros([8]), Tensor.Ones([8, 1])), "binary_cross_entropy: the weight must broadcast to x, but x is [8] and the weight is [8, 1]."),
            Misuse.Of<ArgumentException>(() => Tensor.Full([3], 2).BinaryCrossEntropy(Tensor.Zeros([3])), "binary_cross_entropy: x must hold probabilities from 0 to 1, but they reach from 2 to 2. Hint: for logits use BinaryCrossEntropyWithLogits."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.BinaryCrossEntropy"/> to tensors, as a loss.</summary>
    public static class BinaryCrossEntropySyntax
    {
        extension(Tensor x)
        {
            /// <summary>Binary cross-entropy of probabilities x: <c>−(t·ln x + (1 − t)·ln(1 − x))</c>.</summary>
            /// <param name="target">The probability that each element should have, of x's shape.</param>
            /// <param name="weight">A factor for each element, broadcast to x; none means 1.</param>
            /// <param name="reduction">The mean or the sum over all elements, or each by itself.</param>
            /// <exception cref="ShapeException">The shapes differ (losses do not broadcast), or the weight does not broadcast to x.</exception>
            /// <exception cref="ArgumentException">An element of x is no probability.</exception>
            [PyTorch("torch.nn.functional.binary_cross_entropy", "torch.nn.BCELoss", Differs = "Shapes must be equal: no broadcasting.")]
            public Tensor BinaryCrossEntropy(Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
            {
                Losses.CheckFactor("binary_cross_entropy", "weight", x, weight);
                Losses.CheckShapes("binary_cross_entropy", x, target);
                if (x.Elements > 0) CheckRange(x.Everything);
                Tensor each = new BinaryCrossEntropy().Apply(x, target);
                return Losses.Reduce(weight is null ? each : each * weight, reduction);
            }
        }

        static void CheckRange(Tensor x)
        {
            using Scope scope = Scope.Begin("range of probabilities");
            double low = x.Amin().Item(), high = x.Amax().Item();
            if (!(low >= 0 && high <= 1))
                throw new ArgumentException(FormattableString.Invariant($"binary_cross_entropy: x must hold probabilities from 0 to 1, but they reach from {low} to {high}. Hint: for logits use BinaryCrossEntropyWithLogits."));
        }
    }
}
