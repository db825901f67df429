namespace Adjoint;

using Adjoint.Ops;

/// <summary>Adds the sum that passes over missing values to tensors.</summary>
public static class NanSumSyntax
{
    extension(Tensor x)
    {
        /// <summary>The sum of the elements that are numbers, over all axes or those given: <c>y = Σ x</c>, NaN counting as 0.</summary>
        /// <remarks>A NaN receives the gradient 0. The sum of nothing is 0.</remarks>
        /// <param name="dims">The axes; none means all.</param>
        /// <param name="keepDim">Leave the summed axes in the shape with size 1.</param>
        /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
        public Tensor NanSum(ReadOnlySpan<int> dims, bool keepDim = false)
        {
            _ = Axes.Of(dims, x.Shape, "nansum");
            return x.MaskedFill(x.Detach().IsNotNumber(), 0).Sum(dims, keepDim);
        }

        /// <inheritdoc cref="NanSum(Tensor, ReadOnlySpan{int}, bool)"/>
        [PyTorch("torch.nansum", Differs = "Several axes: `x.NanSum([0, 2])`; all: `x.NanSum()`.")]
        public Tensor NanSum(int dim, bool keepDim = false) => x.NanSum([dim], keepDim);

        /// <summary>The sum of all elements that are numbers.</summary>
        public Tensor NanSum() => x.NanSum([]);

        // NaN alone differs from itself.
        internal Tensor IsNotNumber() => x.NotEqualTo(x);
    }
}
