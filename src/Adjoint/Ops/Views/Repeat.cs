namespace Adjoint;

/// <summary>Adds repetition to tensors: each is a view that says everything twice, copied out once.</summary>
public static class RepeatSyntax
{
    extension(Tensor x)
    {
        /// <summary>The whole tensor laid side by side: axis i of the result is <c>counts[i]</c> times axis i, aligned at the last axis. A copy.</summary>
        /// <exception cref="ShapeException">There are fewer counts than axes.</exception>
        public Tensor Repeat(params ReadOnlySpan<long> counts)
        {
            int extra = counts.Length - x.Rank;
            if (extra < 0) throw new ShapeException($"repeat: there must be a count for each axis, but there are {counts.Length} and x is {x.Shape}.");
            if (counts.ContainsAnyExceptInRange(0, long.MaxValue)) throw new ShapeException($"repeat: counts must not be negative, but they are [{string.Join(", ", counts.ToArray())}].");
            long[] once = new long[2 * counts.Length], all = new long[2 * counts.Length], joined = new long[counts.Length];
            for (int i = 0; i < counts.Length; i++)
            {
                long size = i < extra ? 1 : x.Shape[i - extra];
                (once[2 * i], once[(2 * i) + 1]) = (1, size);
                (all[2 * i], all[(2 * i) + 1]) = (counts[i], size);
                joined[i] = counts[i] * size;
            }

            Tensor y = x.Reshape(once).Expand(Shape.Create(all)).Reshape(joined);
            return SharesMemory(y, x) ? y.Copy() : y;
        }

        /// <summary>Each position of an axis said <paramref name="repeats"/> times in a row. A copy.</summary>
        /// <exception cref="ShapeException">The axis does not exist, or the number is negative.</exception>
        public Tensor RepeatInterleave(long repeats, int dim)
        {
            int axis = x.Shape.Axis(dim, "repeat_interleave");
            if (repeats < 0) throw new ShapeException($"repeat_interleave: the number of repeats must not be negative, but it is {repeats}.");
            Tensor y = x.Unsqueeze(axis + 1).Expand(x.Shape.Insert(axis + 1, repeats)).Reshape(x.Shape.With(axis, x.Shape[axis] * repeats));
            return SharesMemory(y, x) ? y.Copy() : y;
        }

        /// <summary>Each position i of an axis said <c>repeats[i]</c> times in a row. A copy.</summary>
        /// <param name="repeats">A number for each position: I64 or I32 with one axis.</param>
        /// <param name="dim">The axis.</param>
        /// <exception cref="ShapeException">The axis does not exist, or there is not one number for each of its positions.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
        public Tensor RepeatInterleave(Tensor repeats, int dim)
        {
            ArgumentNullException.ThrowIfNull(repeats);
            int axis = x.Shape.Axis(dim, "repeat_interleave");
            if (repeats.Rank != 1 || repeats.Elements != x.Shape[axis])
                throw new ShapeException($"repeat_interleave: there must be a number of repeats for each position, but they are {repeats.Shape} and axis {axis} of x is {x.Shape[axis]}.");
            long[] counts = repeats.To(DType.I64).ToArray<long>();
            if (counts.Any(c => c < 0)) throw new ArgumentOutOfRangeException(nameof(repeats), $"repeat_interleave: numbers of repeats must not be negative, but the smallest is {counts.Min()}.");
            return x.IndexSelect(axis, Tensor.From([.. counts.SelectMany((count, i) => Enumerable.Repeat((long)i, checked((int)count)))]));
        }

        /// <summary>All elements in row-major order, each said <paramref name="repeats"/> times in a row.</summary>
        /// <exception cref="ShapeException">The number is negative.</exception>
        public Tensor RepeatInterleave(long repeats) => x.Reshape(-1).RepeatInterleave(repeats, 0);
    }

    // Once is enough to be a view, but a repetition may always be written to.
    static bool SharesMemory(Tensor y, Tensor x) => ReferenceEquals(y.Memory, x.Memory);
}
