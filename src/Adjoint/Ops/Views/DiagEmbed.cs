namespace Adjoint;

/// <summary>Adds matrices with a given diagonal to tensors.</summary>
public static class DiagEmbedSyntax
{
    extension(Tensor x)
    {
        /// <summary>Matrices that are zero but for a diagonal, which holds the last axis of x.</summary>
        /// <param name="offset">Which diagonal: 0 the main one, above it positive, below it negative.</param>
        /// <param name="dim1">The axis of the result that holds the rows.</param>
        /// <param name="dim2">The axis of the result that holds the columns.</param>
        /// <exception cref="ShapeException">x has no axis, an axis does not exist, or both are the same.</exception>
        public Tensor DiagEmbed(long offset = 0, int dim1 = -2, int dim2 = -1)
        {
            if (x.Rank == 0) throw new ShapeException("diag_embed: x must have an axis, but it is a single value.");
            long n = x.Shape[^1], size = n + Math.Abs(offset);
            int rank = x.Rank + 1;
            int a = dim1 < 0 ? dim1 + rank : dim1, b = dim2 < 0 ? dim2 + rank : dim2;
            if (a == b || a < 0 || b < 0 || a >= rank || b >= rank) throw new ShapeException($"diag_embed: the two axes must be different ones from {-rank} to {rank - 1}, but they are {dim1} and {dim2}.");
            // Element i lies in row i + max(−offset, 0), in every column that is i + max(offset, 0), and is zero in the others.
            Tensor columns = x.Unsqueeze(-1) * Tensor.Eye(n, dtype: x.DType);
            Tensor matrix = columns.Pad([Math.Max(offset, 0), Math.Max(-offset, 0), Math.Max(-offset, 0), Math.Max(offset, 0)]);
            if (a == rank - 2 && b == rank - 1) return matrix;
            int[] order = new int[rank];
            for (int i = 0, next = 0; i < rank; i++) order[i] = i == a ? rank - 2 : i == b ? rank - 1 : next++;
            return matrix.Permute(order);
        }

        /// <summary>Of a vector the matrix with that diagonal, of a matrix its diagonal.</summary>
        /// <param name="offset">Which diagonal: 0 the main one, above it positive, below it negative.</param>
        /// <exception cref="ShapeException">x is neither a vector nor a matrix.</exception>
        public Tensor Diag(long offset = 0) => x.Rank switch
        {
            1 => x.DiagEmbed(offset),
            2 => x.Diagonal(offset),
            _ => throw new ShapeException($"diag: x must be a vector or a matrix, but it is {x.Shape}."),
        };
    }
}
