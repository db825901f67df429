namespace Adjoint;

/// <summary>Adds distances between vectors to tensors.</summary>
public static class PairwiseDistanceSyntax
{
    extension(Tensor x)
    {
        /// <summary>The distance of each vector from its partner: <c>‖x − other + ε‖ₚ</c> over the last axis.</summary>
        /// <param name="other">The partners; shapes broadcast.</param>
        /// <param name="p">The order of the norm.</param>
        /// <param name="epsilon">ε, which keeps the distance of equal vectors differentiable.</param>
        /// <param name="keepDim">Leave the last axis in the shape with size 1.</param>
        /// <exception cref="ShapeException">The shapes do not broadcast, or there is no axis.</exception>
        public Tensor PairwiseDistance(Tensor other, double p = 2, double epsilon = 1e-6, bool keepDim = false) =>
            x.Zip(other, (a, b) => a - b + epsilon).Norm(p, [-1], keepDim);

        /// <summary>The distance of every vector from every other: x […, M, D] and other […, N, D] give […, M, N], <c>‖xᵢ − otherⱼ‖ₚ</c>.</summary>
        /// <remarks>Takes memory for M·N·D differences. The gradient of a distance 0 is 0.</remarks>
        /// <param name="other">The others; leading axes broadcast.</param>
        /// <param name="p">The order of the norm.</param>
        /// <exception cref="ShapeException">The vectors differ in length, leading axes do not broadcast, or there are fewer than two axes.</exception>
        public Tensor Cdist(Tensor other, double p = 2)
        {
            ArgumentNullException.ThrowIfNull(other);
            if (x.Rank < 2 || other.Rank < 2 || x.Shape[^1] != other.Shape[^1])
                throw new ShapeException($"cdist: both must have the axes […, vectors, D] with the same D, but x is {x.Shape} and the other is {other.Shape}.");
            return (x.Unsqueeze(-2) - other.Unsqueeze(-3)).Norm(p, [-1]);
        }
    }
}
