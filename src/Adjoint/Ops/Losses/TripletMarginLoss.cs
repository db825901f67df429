using Adjoint.Ops;

namespace Adjoint;

/// <summary>Adds the triplet loss to tensors.</summary>
public static class TripletMarginLossSyntax
{
    extension(Tensor anchor)
    {
        /// <summary>Wants an anchor nearer to one vector than to another: <c>max(d(a, positive) − d(a, negative) + margin, 0)</c>, <c>d(u, v) = ‖u − v + ε‖ₚ</c> over the last axis.</summary>
        /// <remarks>Source: Balntas et al. 2016.</remarks>
        /// <param name="positive">What should be near, of the anchor's shape.</param>
        /// <param name="negative">What should be far, of the anchor's shape.</param>
        /// <param name="margin">How much farther.</param>
        /// <param name="p">The order of the norm.</param>
        /// <param name="swap">Whether the negative's distance from the positive counts where it is smaller than that from the anchor.</param>
        /// <param name="epsilon">ε, which keeps the distance of equal vectors differentiable.</param>
        /// <param name="reduction">The mean or the sum over all triplets, or each by itself.</param>
        /// <exception cref="ShapeException">The shapes differ, or there is no axis.</exception>
        [PyTorch("torch.nn.functional.triplet_margin_loss", "torch.nn.TripletMarginLoss")]
        public Tensor TripletMarginLoss(Tensor positive, Tensor negative, double margin = 1, double p = 2, bool swap = false, double epsilon = 1e-6, Reduction reduction = Reduction.Mean)
        {
            ArgumentNullException.ThrowIfNull(positive);
            ArgumentNullException.ThrowIfNull(negative);
            if (anchor.Rank == 0 || positive.Shape != anchor.Shape || negative.Shape != anchor.Shape)
                throw new ShapeException($"triplet_margin_loss: the three must have one shape, and an axis of vectors, but the anchor is {anchor.Shape}, the positive is {positive.Shape} and the negative is {negative.Shape}.");
            Tensor near = Distance(anchor, positive, p, epsilon), far = Distance(anchor, negative, p, epsilon);
            if (swap) far = far.Minimum(Distance(positive, negative, p, epsilon));
            return Losses.Reduce(near.Zip(far, (n, f) => Math.Max(n - f + margin, 0)), reduction);
        }
    }

    static Tensor Distance(Tensor a, Tensor b, double p, double epsilon) => a.Zip(b, (u, v) => u - v + epsilon).Norm(p, [-1]);
}
