using Adjoint.Ops;

namespace Adjoint;

/// <summary>Adds the hinge loss over classes to tensors.</summary>
public static class MultiMarginLossSyntax
{
    extension(Tensor x)
    {
        /// <summary>Hinge loss over classes: <c>Σ max(0, margin − x[target] + x[c])ᵖ / C</c> over all classes c but the right one.</summary>
        /// <param name="target">The right class of each row: I64 or I32 [N], for x [N, C].</param>
        /// <param name="p">1 or 2.</param>
        /// <param name="margin">How far the right class must be ahead.</param>
        /// <param name="weight">The weight of each class [C]; a row has that of its right class.</param>
        /// <param name="reduction">The mean or the sum over all rows, or each by itself.</param>
        /// <exception cref="ShapeException">x is not [N, C], or the target not [N], or the weight not [C].</exception>
        /// <exception cref="ArgumentException">The power is neither 1 nor 2.</exception>
        public Tensor MultiMarginLoss(Tensor target, int p = 1, double margin = 1, Tensor? weight = null, Reduction reduction = Reduction.Mean)
        {
            ArgumentNullException.ThrowIfNull(target);
            if (x.Rank != 2 || target.Rank != 1 || target.Shape[0] != x.Shape[0])
                throw new ShapeException($"multi_margin_loss: x must be [N, C] and the target [N], but they are {x.Shape} and {target.Shape}.");
            if (weight is not null && (weight.Rank != 1 || weight.Elements != x.Shape[1])) throw new ShapeException($"multi_margin_loss: there must be one weight a class, but the weight is {weight.Shape} and x is {x.Shape}.");
            if (p is not (1 or 2)) throw new ArgumentException($"multi_margin_loss: p must be 1 or 2, but it is {p}.");
            Tensor behind = x.Zip(x.Gather(1, target.Unsqueeze(1)), (other, right) => Math.Max(margin - right + other, 0));
            Tensor others = (p == 1 ? behind : behind.Square()).MaskedFill(target.OneHot(x.Shape[1]).EqualTo(1), 0);
            if (weight is not null) others *= weight.IndexSelect(0, target).Unsqueeze(1);
            return Losses.Reduce(others.Mean(1), reduction);
        }
    }
}
