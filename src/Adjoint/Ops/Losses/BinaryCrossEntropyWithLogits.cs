namespace Adjoint.Ops
{
    /// <summary>Binary cross-entropy of a logit: <c>(1 − t)·x + (1 + (p − 1)·t)·softplus(−x)</c>, stable for every x.</summary>
    /// <remarks>Three inputs: x, target t, and p, the weight of positive answers.</remarks>
    public sealed record BinaryCrossEntropyWithLogits : Elementwise, ISampled
    {
        /// <inheritdoc/>
        public override PrecisionClass PrecisionClass => PrecisionClass.Full;

        /// <inheritdoc/>
        protected override Formula Rule => Formula.Of((x, t, p) => ((1 - t) * x) + ((1 + ((p - 1) * t)) * Vocabulary.Softplus(-x)));

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) =>
        [
            new(new BinaryCrossEntropyWithLogits(), random.Normal([4, 3], dtype: DType.F64), random.Uniform([4, 3], 0, 1, DType.F64), random.Uniform([3], 0.5, 2, DType.F64)),
            new(new BinaryCrossEntropyWithLogits(), random.Normal([37], 0, 20, DType.F64), random.Uniform([37], 0, 1, DType.F64), Tensor.Scalar(1, DType.F64)),
            new(new BinaryCrossEntropyWithLogits(), random.Normal([0, 2], dtype: DType.F64), random.Uniform([0, 2], 0, 1, DType.F64), Tensor.Scalar(1, DType.F64)),
        ];

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([8, 1]).BinaryCrossEntropyWithLogits(Tensor.Zeros([8])), "binary_cross_entropy_with_logits: the target must have the shape of x, but x is [8, 1] and the target is [8]. Hint: Losses do not broadcast; bring one to the other's shape with Reshape."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([8]).BinaryCrossEntropyWithLogits(Tensor.Zeros([8]), Tensor.Ones([8, 1])), "binary_cross_entropy_with_logits: the weight must broadcast to x, but x is [8] and the weight is [8, 1]."),
            Misuse.Of<ShapeException>(() => Tensor.Zeros([8]).BinaryCrossEntropyWithLogits(Tensor.Zeros([8]), posWeight: Tensor.Ones([8, 1])), "binary_cross_entropy_with_logits: the weight of positives must broadcast to x, but x is [8] and the weight of positives is [8, 1]."),
        ];
    }
}

namespace Adjoint
{
    using Adjoint.Ops;

    /// <summary>Adds <see cref="Ops.BinaryCrossEntropyWithLogits"/> to tensors, as a loss.</summary>
    public static class BinaryCrossEntropyWithLogitsSyntax
    {
        extension(Tensor x)
        {
            /// <summary>Binary cross-entropy of logits x: that of the probabilities sigmoid(x), without their rounding.</summary>
            /// <param name="target">The probability that each element should have, of x's shape.</param>
            /// <param name="weight">A factor for each element, broadcast to x; none means 1.</param>
            /// <param name="posWeight">A factor for the positive part of the target, broadcast to x; none means 1.</param>
            /// <param name="reduction">The mean or the sum over all elements, or each by itself.</param>
            /// <exception cref="ShapeException">The shapes differ (losses do not broadcast), or a weight does not broadcast to x.</exception>
            [PyTorch("torch.nn.functional.binary_cross_entropy_with_logits", "torch.nn.BCEWithLogitsLoss", Differs = "Shapes must be equal: no broadcasting. `posWeight` comes before `reduction`.")]
            public Tensor BinaryCrossEntropyWithLogits(Tensor target, Tensor? weight = null, Tensor? posWeight = null, Reduction reduction = Reduction.Mean)
            {
                Losses.CheckShapes("binary_cross_entropy_with_logits", x, target);
                Losses.CheckFactor("binary_cross_entropy_with_logits", "weight", x, weight);
                Losses.CheckFactor("binary_cross_entropy_with_logits", "weight of positives", x, posWeight);
                Tensor each = new BinaryCrossEntropyWithLogits().Apply(x, target, posWeight ?? x.Constant(1));
                return Losses.Reduce(weight is null ? each : each * weight, reduction);
            }
        }
    }
}
