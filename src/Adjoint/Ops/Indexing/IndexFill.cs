using Adjoint.Ops;

namespace Adjoint;

/// <summary>Adds filling by number to tensors.</summary>
public static class IndexFillSyntax
{
    extension(Tensor x)
    {
        /// <summary>A copy with a value at positions of one axis: <c>y[…, indices[i], …] = value</c>.</summary>
        /// <param name="dim">The axis.</param>
        /// <param name="indices">The positions: I64 or I32 with one axis; one may be named several times.</param>
        /// <param name="value">The value.</param>
        /// <exception cref="ShapeException">The axis does not exist, or the indices have not one axis.</exception>
        /// <exception cref="DTypeException">The indices are not I64 or I32.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A position does not exist.</exception>
        [PyTorch("torch.index_fill", Differs = "A copy.")]
        public Tensor IndexFill(int dim, Tensor indices, double value)
        {
            ArgumentNullException.ThrowIfNull(indices);
            int axis = x.Shape.Axis(dim, "index_fill");
            if (indices.Rank != 1) throw new ShapeException($"index_fill: indices must have one axis, but they are {indices.Shape}.");
            Indices.CheckType(indices, "index_fill");
            _ = Indices.Within(indices.Everything, x.Shape[axis], "index_fill");
            Tensor named = new IndexCopy(0).Apply(Tensor.Zeros([x.Shape[axis]], DType.Bool), indices, Tensor.Ones([indices.Elements], DType.Bool));
            return x.MaskedFill(named.Reshape([x.Shape[axis], .. Enumerable.Repeat(1L, x.Rank - axis - 1)]), value);
        }
    }
}
