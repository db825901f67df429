using Adjoint.Ops;

namespace Adjoint;

/// <summary>Adds the logistic loss on signs to tensors.</summary>
public static class SoftMarginLossSyntax
{
    extension(Tensor x)
    {
        /// <summary>Logistic loss on signs: <c>ln(1 + e^(−target·x))</c>.</summary>
        /// <param name="target">1 or −1 for each element of x, of x's shape.</param>
        /// <param name="reduction">The mean or the sum over all elements, or each by itself.</param>
        /// <exception cref="ShapeException">The shapes differ; losses do not broadcast.</exception>
        public Tensor SoftMarginLoss(Tensor target, Reduction reduction = Reduction.Mean)
        {
            Losses.CheckShapes("soft_margin_loss", x, target);
            return Losses.Reduce(x.Zip(target, (score, sign) => Vocabulary.Softplus(-sign * score)), reduction);
        }

        /// <summary>Several yes-or-no questions a row: the mean over the classes of the binary cross-entropy on logits, optionally weighted.</summary>
        /// <param name="target">0 or 1 for each class, of x's shape [N, C].</param>
        /// <param name="weight">The weight of each class [C].</param>
        /// <param name="reduction">The mean or the sum over all rows, or each by itself.</param>
        /// <exception cref="ShapeException">The shapes differ (losses do not broadcast), or the weight does not broadcast to x.</exception>
        public Tensor MultilabelSoftMarginLoss(Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
        {
            Losses.CheckShapes("multilabel_soft_margin_loss", x, target);
            Losses.CheckFactor("multilabel_soft_margin_loss", "weight", x, weight);
            Tensor each = x.BinaryCrossEntropyWithLogits(target, reduction: Reduction.None);
            return Losses.Reduce((weight is null ? each : each * weight).Mean(-1), reduction);
        }
    }
}
