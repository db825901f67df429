namespace Adjoint.Ops;

/// <summary>What operations that take positions from a tensor share: their type and their bounds.</summary>
internal static class Indices
{
    /// <summary>Refuses tensors that hold no positions.</summary>
    /// <exception cref="DTypeException">The elements are not I64 or I32.</exception>
    public static void CheckType(Tensor indices, string operation)
    {
        if (indices.DType is not (DType.I64 or DType.I32)) throw new DTypeException($"{operation}: indices must be I64 or I32, but they are {indices.DType}.");
    }

    /// <summary>The positions as contiguous I64, each of them within an axis of the given size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A position lies outside.</exception>
    public static unsafe Tensor Within(Tensor indices, long size, string operation)
    {
        using NoGrad off = NoGrad.Scope();
        Tensor positions = indices.To(DType.I64).Packed();
        long* values = (long*)positions.Data;
        for (long i = 0; i < positions.Elements; i++)
        {
            // As an unsigned number, a negative position is larger than any size.
            if ((ulong)values[i] < (ulong)size) continue;
            string place = $"[{string.Join(", ", positions.Shape.Select((s, axis) => i / positions.Shape.Strides[axis] % s))}]";
            throw new ArgumentOutOfRangeException(null, $"{operation}: indices must be from 0 to {size - 1}, but the index at {place} is {values[i]}.");
        }

        GC.KeepAlive(positions);
        return positions;
    }

    /// <summary>Positions that differ between items, as positions in one axis made of the axes of all items; the first axis is that of the items.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A position lies outside of its item's axis.</exception>
    public static Tensor OfItems(Tensor indices, long size, string operation)
    {
        _ = Within(indices.Everything, size, operation);
        Tensor starts = (Tensor.Arange(indices.Shape[0]) * size).Reshape([indices.Shape[0], .. Enumerable.Repeat(1L, indices.Rank - 1)]);
        return indices.To(DType.I64) + starts;
    }

    /// <summary>The number of positions before, along and after an axis, as the kernels for rows want it.</summary>
    public static (long Outer, long Size, long Row) Around(Shape shape, int axis)
    {
        long outer = 1, row = 1;
        for (int i = 0; i < axis; i++) outer *= shape[i];
        for (int i = axis + 1; i < shape.Rank; i++) row *= shape[i];
        return (outer, shape[axis], row);
    }

    /// <summary>A shape with one axis replaced by several.</summary>
    public static Shape Replace(Shape shape, int axis, Shape by) =>
        Shape.Create([.. shape.Sizes.AsSpan(0, axis), .. by.Sizes, .. shape.Sizes.AsSpan(axis + 1)]);
}
