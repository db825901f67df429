namespace Adjoint;

/// <summary>Adds normalisation across neighbouring channels to tensors.</summary>
public static class LocalResponseNormSyntax
{
    extension(Tensor x)
    {
        /// <summary>Each channel divided by what its neighbours say: <c>y = x / (k + α·mean x²)^β</c>, the mean over <paramref name="size"/> channels around it.</summary>
        /// <remarks>Channels beyond the first and the last count as zeros. Source: Krizhevsky, Sutskever, Hinton 2012, §3.3.</remarks>
        /// <param name="size">The number of channels that are looked at: ⌊size/2⌋ before it, the rest from it on.</param>
        /// <param name="alpha">α.</param>
        /// <param name="beta">β.</param>
        /// <param name="k">What is added to the mean.</param>
        /// <exception cref="ShapeException">x has not the axes [N, C, …].</exception>
        /// <exception cref="ArgumentOutOfRangeException">The size is below 1.</exception>
        public Tensor LocalResponseNorm(int size, double alpha = 1e-4, double beta = 0.75, double k = 1)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
            if (x.Rank < 3) throw new ShapeException($"local_response_norm: x must have the axes [N, C, …], but x is {x.Shape}.");
            Tensor squares = x.Square().Reshape(x.Shape[0], 1, x.Shape[1], -1).Pad([0, 0, size / 2, (size - 1) / 2]);
            return x / ((squares.AvgPool2d((size, 1), 1) * alpha) + k).Pow(beta).Reshape(x.Shape);
        }
    }
}
