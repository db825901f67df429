namespace Adjoint;

/// <summary>How a loss was made of those of single elements or rows.</summary>
/// <param name="IsMean">Whether it is their mean rather than their sum.</param>
/// <param name="Weight">What the mean divides by.</param>
internal sealed record LossParts(bool IsMean, Func<double> Weight);

public sealed partial class Tensor
{
    /// <summary>Set by loss functions on what they return; operations on a loss do not hand it on.</summary>
    internal LossParts? LossParts { get; set; }

    /// <summary>What the mean of this loss divides by, whether this is the mean or the sum; null where no loss function returned this tensor.</summary>
    /// <remarks>
    /// The number of elements or rows; for cross-entropy and negative log-likelihood the weights of the rows that are not ignored, for
    /// CTC the samples. With it the losses of parts of a batch add up to that of the whole: <c>Σ sum / Σ weight</c>, where the mean
    /// of means is another number as soon as the parts differ in weight.
    /// </remarks>
    public double? LossWeight => LossParts?.Weight();

    /// <summary>This loss as a sum, and what its mean divides by: what accumulation over parts of a batch needs.</summary>
    /// <exception cref="GraphException">No loss function returned this tensor, or it was asked for single losses.</exception>
    public (Tensor Sum, double Weight) AsLossSum()
    {
        LossParts parts = LossParts ?? throw new GraphException($"loss: a sum and its weight come from a loss function with Reduction.Mean or Reduction.Sum, but the tensor of shape {Shape} is no such result. Hint: losses of your own say their weight to GradientAccumulation.Backward.");
        double weight = parts.Weight();
        return (parts.IsMean ? this * weight : this, weight);
    }
}
