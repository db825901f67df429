using Adjoint.Ops;

namespace Adjoint;

/// <summary>Adds writing at places given by several tensors of positions to tensors.</summary>
public static class IndexPutSyntax
{
    extension(Tensor x)
    {
        /// <summary>A copy with values written at places of the first axes: <c>y[indices₀[i], indices₁[i], …] = values[i]</c>, or added there.</summary>
        /// <remarks>
        /// A place may be named several times. Values written there: the last one in the order of the indices stays, and it alone has a
        /// gradient. Values added there: all of them, in that order. Either is the same for any number of threads.
        /// </remarks>
        /// <param name="indices">Positions in the first axis, in the second, …: I64 or I32; their shapes broadcast.</param>
        /// <param name="values">Converted to x's type, and broadcast to the shape of the indices followed by x's other axes.</param>
        /// <param name="accumulate">Whether values are added to what is there.</param>
        /// <exception cref="ShapeException">There are no indices, or more than axes; or shapes do not broadcast.</exception>
        /// <exception cref="DTypeException">The indices are not I64 or I32, or Bool values are to be added.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A position does not exist.</exception>
        [PyTorch("torch.index_put", Differs = "A copy.")]
        public Tensor IndexPut(ReadOnlySpan<Tensor> indices, Tensor values, bool accumulate = false)
        {
            ArgumentNullException.ThrowIfNull(values);
            if (indices.Length == 0 || indices.Length > x.Rank) throw new ShapeException($"index_put: there must be positions for one axis at least and for each at most, but there are {indices.Length} tensors of them and x is {x.Shape}.");
            if (accumulate && x.DType == DType.Bool) throw new DTypeException("index_put: x must hold numbers to be added to, but it is Bool.");
            Tensor places = Places(x.Shape, indices);
            Shape others = Shape.Create(x.Shape.Sizes.AsSpan(indices.Length)), wanted = Shape.Create([.. places.Shape, .. others]);
            if (Shape.Broadcast(values.Shape, wanted) != wanted)
                throw new ShapeException($"index_put: values must broadcast to the shape of the indices and x's other axes, but they are {values.Shape} and should be {wanted}.");
            Tensor rows = values.To(x.DType).Expand(wanted).Reshape([places.Elements, .. others]), flat = x.Reshape([.. Merged(x.Shape, indices.Length), .. others]);
            places = places.Reshape(places.Elements);
            return (accumulate ? flat.IndexAdd(0, places, rows) : flat.IndexCopy(0, places, rows)).Reshape(x.Shape);
        }
    }

    static long[] Merged(Shape shape, int axes)
    {
        long size = 1;
        for (int i = 0; i < axes; i++) size *= shape[i];
        return [size];
    }

    /// <summary>Positions in several axes as positions in the one axis that they become when they are merged.</summary>
    static Tensor Places(Shape shape, ReadOnlySpan<Tensor> indices)
    {
        Shape common = Shape.Scalar;
        foreach (Tensor index in indices)
        {
            Indices.CheckType(index, "index_put");
            common = Shape.Broadcast(common, index.Shape) ?? throw new ShapeException($"index_put: the shapes of the indices must broadcast, but they are {string.Join(" and ", indices.ToArray().Select(t => t.Shape))}.");
        }

        Tensor places = Tensor.Zeros(common, DType.I64);
        for (int axis = 0; axis < indices.Length; axis++)
        {
            _ = Indices.Within(indices[axis].Everything, shape[axis], "index_put");
            places = (places * shape[axis]) + indices[axis];
        }

        return places;
    }
}
