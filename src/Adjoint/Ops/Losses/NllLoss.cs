using Adjoint.Ops;

namespace Adjoint;

/// <summary>Adds the negative log-likelihood loss to tensors.</summary>
public static class NllLossSyntax
{
    extension(Tensor logProbabilities)
    {
        /// <summary>Negative log-likelihood of labels over axis 1: <c>−w[t]·x[t]</c>, x being log-probabilities.</summary>
        /// <param name="target">Labels (integers), of x's shape without axis 1.</param>
        /// <param name="weight">A weight for each class, [C]; a mean then divides by the sum of the labels' weights.</param>
        /// <param name="ignoreIndex">The label of rows that do not count.</param>
        /// <param name="reduction">The mean or the sum over all rows, or each by itself.</param>
        /// <remarks>Where no row counts, PyTorch's mean is NaN; here it is an error.</remarks>
        /// <exception cref="ShapeException">The target or the weight does not fit.</exception>
        /// <exception cref="DTypeException">The target does not hold integers.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A label is no class.</exception>
        /// <exception cref="ArgumentException">Every row is ignored and the mean is asked for.</exception>
        public Tensor NllLoss(Tensor target, Tensor? weight = null, long ignoreIndex = -100, Reduction reduction = Reduction.Mean)
        {
            Tensor x = logProbabilities;
            ArgumentNullException.ThrowIfNull(target);
            x.MustBeFloat("nll_loss");
            if (x.Rank < 2) throw new ShapeException($"nll_loss: x must be [N, C] or [N, C, d…], but it is {x.Shape}. Hint: Unsqueeze(0) makes a batch of one.");
            if (target.DType.IsFloat) throw new DTypeException($"nll_loss: the target must hold labels, but it is {target.DType}. Hint: for class probabilities use CrossEntropy.");
            if (target.Shape != x.Shape.Without(1)) throw new ShapeException($"nll_loss: labels must have the shape of x without the class axis, but x is {x.Shape} and the target is {target.Shape}.");
            if (weight is not null && (weight.Rank != 1 || weight.Elements != x.Shape[1])) throw new ShapeException($"nll_loss: there must be one weight a class, but the weight is {weight.Shape} and x is {x.Shape}.");
            double total = RowWeights.Total("nll_loss", x, target, weight, ignoreIndex, reduction);

            Tensor labels = target.To(DType.I64);
            double ignored = ignoreIndex;
            Tensor counts = labels.Map(label => label == ignored ? 0 : 1).To(x.DType).Unsqueeze(1);
            Tensor safe = labels.Map(label => label == ignored ? 0 : label).Unsqueeze(1);
            if (weight is not null) counts *= new PickAlong(1).Apply(weight.To(x.DType).Reshape([1, weight.Elements, .. Enumerable.Repeat(1L, x.Rank - 2)]).Expand(x.Shape), safe);
            Tensor each = -(new PickAlong(1).Apply(x, safe) * counts).Reshape(target.Shape);
            if (reduction == Reduction.None) return each;
            return Losses.Weighted(each.Sum() / total, reduction, () => RowWeights.Sum("nll_loss", x, target, weight, ignoreIndex).Total);
        }
    }
}
