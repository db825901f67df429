namespace Adjoint;

/// <summary>Adds picking and writing by a mask to tensors.</summary>
public static class MaskedSelectSyntax
{
    extension(Tensor x)
    {
        /// <summary>The elements where a mask is true, in row-major order, as a vector.</summary>
        /// <remarks>Shapes broadcast. For whole rows, index with the mask: <c>x[mask]</c>.</remarks>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        /// <exception cref="DTypeException">The mask is not Bool.</exception>
        [PyTorch("torch.masked_select")]
        public Tensor MaskedSelect(Tensor mask)
        {
            CheckMask("masked_select", mask);
            Shape shape = Shape.Broadcast(x.Shape, mask.Shape) ?? throw new ShapeException($"masked_select: shapes must agree or broadcast (aligned at the last axis, sizes equal or 1), but they are {x.Shape} and {mask.Shape}.");
            return x.Expand(shape).Reshape(shape.Elements)[mask.Expand(shape).Reshape(shape.Elements)];
        }

        /// <summary>A copy whose elements where a mask is true are, in row-major order, the first elements of a source.</summary>
        /// <param name="mask">Bool; broadcast to x.</param>
        /// <param name="source">Of x's type; has an element for each true of the mask, or more.</param>
        /// <exception cref="ShapeException">The mask does not broadcast to x, or the source has too few elements.</exception>
        /// <exception cref="DTypeException">The mask is not Bool, or the source is of another type than x.</exception>
        [PyTorch("torch.masked_scatter", Differs = "A copy.")]
        public Tensor MaskedScatter(Tensor mask, Tensor source)
        {
            CheckMask("masked_scatter", mask);
            ArgumentNullException.ThrowIfNull(source);
            if (Shape.Broadcast(mask.Shape, x.Shape) != x.Shape) throw new ShapeException($"masked_scatter: the mask must broadcast to x, but it is {mask.Shape} and x is {x.Shape}.");
            if (source.DType != x.DType) throw new DTypeException($"masked_scatter: the source must have x's element type, but it is {source.DType} and x is {x.DType}.");
            Tensor places = mask.Expand(x.Shape).Reshape(x.Elements).NonZero().Reshape(-1);
            if (places.Elements > source.Elements) throw new ShapeException($"masked_scatter: the source must have an element for each true of the mask, but it is {source.Shape} and {places.Elements} are true.");
            return x.Reshape(x.Elements).IndexCopy(0, places, source.Reshape(source.Elements).Slice(0, 0, places.Elements)).Reshape(x.Shape);
        }

        /// <summary>The places of the elements that are not zero (NaN is not), in row-major order: [count, rank] in I64.</summary>
        [PyTorch("torch.nonzero", "torch.argwhere", Differs = "No `as_tuple`: `Unbind(1)` of the result.")]
        public Tensor NonZero()
        {
            using Scope scope = Scope.Begin("non_zero");
            bool[] chosen = x.Detach().NotEqualTo(0).ToArray<bool>();
            long[] strides = [.. x.Shape.Strides], sizes = [.. x.Shape.Sizes];
            var places = new List<long>();
            long count = 0;
            for (long i = 0; i < chosen.Length; i++)
            {
                if (!chosen[i]) continue;
                count++;
                for (int axis = 0; axis < sizes.Length; axis++) places.Add(i / strides[axis] % sizes[axis]);
            }

            return scope.Keep(Tensor.From<long>([.. places], [count, sizes.Length]));
        }
    }

    static void CheckMask(string operation, Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        if (mask.DType != DType.Bool) throw new DTypeException($"{operation}: the mask must be Bool, but it is {mask.DType}. Hint: compare, as in mask.NotEqualTo(0).");
    }
}
