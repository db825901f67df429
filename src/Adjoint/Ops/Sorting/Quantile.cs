using Adjoint.Ops;

namespace Adjoint;

/// <summary>Adds medians, quantiles and k-th smallest elements to tensors.</summary>
public static class QuantileSyntax
{
    extension(Tensor x)
    {
        /// <summary>The k-th smallest element along an axis, counted from 1, and where it is (I64). The gradient goes to that element.</summary>
        /// <param name="k">Which: 1 is the smallest.</param>
        /// <param name="dim">The axis.</param>
        /// <param name="keepDim">Leave the axis in the shape with size 1.</param>
        /// <exception cref="ShapeException">The axis does not exist.</exception>
        /// <exception cref="ArgumentOutOfRangeException">There are fewer than k elements, or k is below 1.</exception>
        public (Tensor Values, Tensor Indices) KthValue(long k, int dim = -1, bool keepDim = false)
        {
            int axis = x.Shape.Axis(dim, "kth_value");
            if (k < 1 || k > x.Shape[axis]) throw new ArgumentOutOfRangeException(null, $"kth_value: k must be from 1 to {x.Shape[axis]}, but it is {k}.");
            (Tensor values, Tensor indices) = x.Sort(axis);
            return keepDim
                ? (values.Slice(axis, k - 1, k), indices.Slice(axis, k - 1, k))
                : (values.Select(axis, k - 1), indices.Select(axis, k - 1));
        }

        /// <summary>The middle element along an axis, of two the lower, and where it is (I64). The gradient goes to that element; NaN is the largest.</summary>
        /// <param name="dim">The axis.</param>
        /// <param name="keepDim">Leave the axis in the shape with size 1.</param>
        /// <exception cref="ShapeException">The axis does not exist.</exception>
        /// <exception cref="ArgumentOutOfRangeException">There are no elements.</exception>
        public (Tensor Values, Tensor Indices) Median(int dim, bool keepDim = false) => x.KthValue((x.Shape[x.Shape.Axis(dim, "median")] + 1) / 2, dim, keepDim);

        /// <summary>The middle of all elements, of two the lower. The gradient goes to that element.</summary>
        /// <exception cref="ArgumentOutOfRangeException">There are no elements.</exception>
        public Tensor Median() => x.Reshape(-1).Median(0).Values;

        /// <summary>The element below which a part <paramref name="q"/> of the axis lies, between two neighbours along a straight line: at place <c>q·(n − 1)</c> in order.</summary>
        /// <param name="q">The part, from 0 to 1.</param>
        /// <param name="dim">The axis.</param>
        /// <param name="keepDim">Leave the axis in the shape with size 1.</param>
        /// <exception cref="ShapeException">The axis does not exist or is empty.</exception>
        /// <exception cref="ArgumentOutOfRangeException">The part is not from 0 to 1.</exception>
        public Tensor Quantile(double q, int dim = -1, bool keepDim = false)
        {
            x.MustBeFloat("quantile");
            int axis = x.Shape.Axis(dim, "quantile");
            if (!(q >= 0 && q <= 1)) throw new ArgumentOutOfRangeException(nameof(q), FormattableString.Invariant($"quantile: q must be from 0 to 1, but it is {q}."));
            if (x.Shape[axis] == 0) throw new ShapeException($"quantile: the axis must not be empty, but dim is {dim} and x is {x.Shape}.");
            double place = q * (x.Shape[axis] - 1);
            long low = (long)place, high = Math.Min(low + 1, x.Shape[axis] - 1);
            Tensor sorted = x.Sort(axis).Values;
            Tensor y = place == low ? sorted.Slice(axis, low, low + 1) : sorted.Slice(axis, low, low + 1).Lerp(sorted.Slice(axis, high, high + 1), place - low);
            return keepDim ? y : y.Squeeze(axis);
        }
    }
}
