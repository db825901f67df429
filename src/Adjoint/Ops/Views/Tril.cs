namespace Adjoint.Ops
{
    /// <summary>The lower triangle of each matrix, zeros above: <c>y[…, i, j] = x[…, i, j] where j ≤ i + Diagonal</c>. Saves nothing.</summary>
    /// <param name="Diagonal">The last diagonal that is kept: above the main one for positive numbers, below it for negative ones.</param>
    [GradientRule("y = x on and below a diagonal, 0 above", "dx = dy on and below the diagonal, 0 above")]
    public sealed record Tril(long Diagonal) : Triangular(Diagonal), ISampled
    {
        private protected override bool Upper => false;

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Samples(random, diagonal => new Tril(diagonal));

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([3]).Tril(), "tril: x must have rows and columns, but x is [3]."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Tril"/> to tensors.</summary>
    public static class TrilSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The lower triangle of each matrix, zeros above.</summary>
            /// <remarks>A mask of what lies on or below a diagonal: <c>Tensor.Ones([n, n], DType.Bool).Tril()</c>.</remarks>
            /// <param name="diagonal">The last diagonal that is kept: above the main one for positive numbers, below it for negative ones.</param>
            /// <exception cref="ShapeException">There are fewer than two axes.</exception>
            [PyTorch("torch.tril")]
            public Tensor Tril(long diagonal = 0) => new Ops.Tril(diagonal).Apply(x);
        }
    }
}
