using Adjoint.Ops;

namespace Adjoint;

/// <summary>Adds the cosine embedding loss to tensors.</summary>
public static class CosineEmbeddingLossSyntax
{
    extension(Tensor x)
    {
        /// <summary>Pulls pairs of vectors together or apart: with c the cosine between them, <c>1 − c</c> where the target is 1, <c>max(c − margin, 0)</c> where it is −1.</summary>
        /// <param name="other">The other vector of each pair, of x's shape: [N, D], or [D] for a single pair.</param>
        /// <param name="target">1 or −1 for each pair: [N], or [].</param>
        /// <param name="margin">The cosine that vectors apart may have.</param>
        /// <param name="reduction">The mean or the sum over all pairs, or each by itself.</param>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        [PyTorch("torch.nn.functional.cosine_embedding_loss", "torch.nn.CosineEmbeddingLoss")]
        public Tensor CosineEmbeddingLoss(Tensor other, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
        {
            ArgumentNullException.ThrowIfNull(target);
            Losses.CheckShapes("cosine_embedding_loss", x, other);
            if (x.Rank is 0 or > 2 || target.Shape != x.Shape.Without(x.Rank - 1))
                throw new ShapeException($"cosine_embedding_loss: x must be [N, D] or [D] and the target [N] or [], but x is {x.Shape} and the target is {target.Shape}.");
            const double Epsilon = 1e-12;      // added to squared lengths, so that zero vectors have a gradient
            Tensor lengths = (x.Square().Sum(-1) + Epsilon) * (other.Square().Sum(-1) + Epsilon);
            Tensor cosine = (x * other).Sum(-1) / lengths.Sqrt();
            return Losses.Reduce(cosine.Zip(target.To(x.DType), (c, t) => t == 1 ? 1 - c : t == -1 ? Math.Max(c - margin, 0) : 0), reduction);
        }
    }
}
