namespace Adjoint;

using Adjoint.Ops;

/// <summary>Adds the mean that passes over missing values to tensors.</summary>
public static class NanMeanSyntax
{
    extension(Tensor x)
    {
        /// <summary>The arithmetic mean of the elements that are numbers, over all axes or those given.</summary>
        /// <remarks>A NaN receives the gradient 0. The mean of nothing is NaN.</remarks>
        /// <param name="dims">The axes; none means all.</param>
        /// <param name="keepDim">Leave the reduced axes in the shape with size 1.</param>
        /// <exception cref="ShapeException">An axis does not exist or is named twice.</exception>
        /// <exception cref="DTypeException">The elements are not floating-point numbers.</exception>
        public Tensor NanMean(ReadOnlySpan<int> dims, bool keepDim = false)
        {
            x.MustBeFloat("nanmean");
            _ = Axes.Of(dims, x.Shape, "nanmean");
            Tensor missing = x.Detach().IsNotNumber();
            return x.MaskedFill(missing, 0).Sum(dims, keepDim) / missing.EqualTo(0).Sum(dims, keepDim);
        }

        /// <inheritdoc cref="NanMean(Tensor, ReadOnlySpan{int}, bool)"/>
        [PyTorch("torch.nanmean", Differs = "Several axes: `x.NanMean([0, 2])`; all: `x.NanMean()`.")]
        public Tensor NanMean(int dim, bool keepDim = false) => x.NanMean([dim], keepDim);

        /// <summary>The arithmetic mean of all elements that are numbers.</summary>
        public Tensor NanMean() => x.NanMean([]);
    }
}
