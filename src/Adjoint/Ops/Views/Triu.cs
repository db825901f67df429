namespace Adjoint.Ops
{
    /// <summary>The upper triangle of each matrix, zeros below: <c>y[…, i, j] = x[…, i, j] where j ≥ i + Diagonal</c>. Saves nothing.</summary>
    /// <param name="Diagonal">The first diagonal that is kept: above the main one for positive numbers, below it for negative ones.</param>
    [GradientRule("y = x on and above a diagonal, 0 below", "dx = dy on and above the diagonal, 0 below")]
    public sealed record Triu(long Diagonal) : Triangular(Diagonal), ISampled
    {
        private protected override bool Upper => true;

        /// <inheritdoc/>
        public static IEnumerable<Sample> Samples(Generator random) => Samples(random, diagonal => new Triu(diagonal));

        /// <inheritdoc/>
        public static IEnumerable<Misuse> Misuses(Generator random) =>
        [
            Misuse.Of<ShapeException>(() => Tensor.Zeros([3]).Triu(), "triu: x must have rows and columns, but x is [3]."),
        ];
    }
}

namespace Adjoint
{
    /// <summary>Adds <see cref="Ops.Triu"/> to tensors.</summary>
    public static class TriuSyntax
    {
        extension(Tensor x)
        {
            /// <summary>The upper triangle of each matrix, zeros below.</summary>
            /// <remarks>A mask of what lies on or above a diagonal: <c>Tensor.Ones([n, n], DType.Bool).Triu()</c>.</remarks>
            /// <param name="diagonal">The first diagonal that is kept: above the main one for positive numbers, below it for negative ones.</param>
            /// <exception cref="ShapeException">There are fewer than two axes.</exception>
            [PyTorch("torch.triu")]
            public Tensor Triu(long diagonal = 0) => new Ops.Triu(diagonal).Apply(x);
        }
    }
}
