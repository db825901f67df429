namespace Adjoint;

/// <summary>Adds the cosine of the angle between vectors to tensors.</summary>
public static class CosineSimilaritySyntax
{
    extension(Tensor x)
    {
        /// <summary>The cosine of the angle between vectors: <c>Σ x·other / (max(|x|, ε)·max(|other|, ε))</c>.</summary>
        /// <param name="other">Vectors to compare with; shapes broadcast.</param>
        /// <param name="dim">The axis along which the vectors lie, in the common shape; it is dropped.</param>
        /// <param name="epsilon">The least length that is divided by.</param>
        /// <exception cref="ShapeException">The shapes do not broadcast, or the axis does not exist.</exception>
        [PyTorch("torch.nn.functional.cosine_similarity", "torch.nn.CosineSimilarity")]
        public Tensor CosineSimilarity(Tensor other, int dim = 1, double epsilon = 1e-8)
        {
            ArgumentNullException.ThrowIfNull(other);
            Shape shape = Shape.Broadcast(x.Shape, other.Shape) ?? throw new ShapeException(
                $"cosine_similarity: shapes must agree or broadcast (aligned at the last axis, sizes equal or 1), but they are {x.Shape} and {other.Shape}.");
            int axis = shape.Axis(dim, "cosine_similarity");
            Tensor a = x.Shape == shape ? x : x.Expand(shape), b = other.Shape == shape ? other : other.Expand(shape);
            return (a * b).Sum(axis) / (a.Norm(2, [axis]).Clamp(epsilon) * b.Norm(2, [axis]).Clamp(epsilon));
        }
    }
}
