namespace Adjoint;

/// <summary>Adds exchange of channels for resolution to tensors.</summary>
public static class PixelShuffleSyntax
{
    extension(Tensor x)
    {
        /// <summary>Channels become pixels: [N, C·r², H, W] gives [N, C, H·r, W·r], <c>y[n, c, h·r + i, w·r + j] = x[n, c·r² + i·r + j, h, w]</c>.</summary>
        /// <remarks>Source: Shi et al. 2016.</remarks>
        /// <param name="factor">r.</param>
        /// <exception cref="ShapeException">x is no batch of images, or its channels are no multiple of r².</exception>
        /// <exception cref="ArgumentOutOfRangeException">The factor is below 1.</exception>
        public Tensor PixelShuffle(int factor)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
            long r = factor;
            if (x.Rank != 4 || x.Shape[1] % (r * r) != 0) throw new ShapeException($"pixel_shuffle: x must be [N, C, H, W] with C a multiple of {r * r}, but x is {x.Shape}.");
            (long n, long c, long h, long w) = (x.Shape[0], x.Shape[1] / (r * r), x.Shape[2], x.Shape[3]);
            return x.Reshape(n, c, r, r, h, w).Permute(0, 1, 4, 2, 5, 3).Reshape(n, c, h * r, w * r);
        }

        /// <summary>Pixels become channels, the inverse of <c>PixelShuffle</c>: [N, C, H·r, W·r] gives [N, C·r², H, W].</summary>
        /// <param name="factor">r.</param>
        /// <exception cref="ShapeException">x is no batch of images, or its height or width is no multiple of r.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The factor is below 1.</exception>
        public Tensor PixelUnshuffle(int factor)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
            long r = factor;
            if (x.Rank != 4 || x.Shape[2] % r != 0 || x.Shape[3] % r != 0) throw new ShapeException($"pixel_unshuffle: x must be [N, C, H, W] with H and W multiples of {r}, but x is {x.Shape}.");
            (long n, long c, long h, long w) = (x.Shape[0], x.Shape[1], x.Shape[2] / r, x.Shape[3] / r);
            return x.Reshape(n, c, h, r, w, r).Permute(0, 1, 3, 5, 2, 4).Reshape(n, c * r * r, h, w);
        }
    }
}
