using System.Globalization;

namespace Adjoint.Optim;

/// <summary>One step from several micro-batches: gradients are those of the mean loss over all of them together, whatever their sizes.</summary>
/// <remarks>
/// Each part's <em>sum</em> of losses is back-propagated, and the gradients are divided once, by the sum of all weights: <c>∂(Σ sums / Σ weights)</c>.
/// Averaging the parts' means instead counts the rows of a small part more than those of a large one.
/// </remarks>
/// <example><code>
/// var accumulation = new GradientAccumulation(model.Parameters());
/// foreach (Batch part in parts)
/// {
///     using Scope scope = Scope.Begin("part");
///     accumulation.Backward(model.Call(part.Inputs).CrossEntropy(part.Targets));
/// }
/// double loss = accumulation.Finish();
/// optimizer.Step();
/// optimizer.ZeroGrad();
/// </code></example>
/// <param name="parameters">Whose gradients are accumulated; clear them before the first part.</param>
[NotInPyTorch("Micro-batches of any sizes as one batch: the gradients of the mean loss over all rows, instead of `loss / n`.")]
public sealed class GradientAccumulation(IEnumerable<Tensor> parameters)
{
    readonly Tensor[] _parameters = [.. parameters];
    double _loss;

    /// <summary>The sum of the weights since the last <see cref="Finish"/>.</summary>
    public double Weight { get; private set; }

    /// <summary>The number of parts since the last <see cref="Finish"/>.</summary>
    public int Parts { get; private set; }

    /// <summary>What every part's loss is multiplied by on its way back, and its gradients with it: <see cref="LossScaler.Scale"/>. The sums of losses are not.</summary>
    internal double Scale { get; init; } = 1;

    /// <summary>Back-propagates a loss that a loss function returned, mean or sum.</summary>
    /// <returns>The loss as it was given.</returns>
    /// <exception cref="GraphException">No loss function returned the tensor: only its maker knows the weight. Or see <see cref="Tensor.Backward"/>.</exception>
    public double Backward(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        LossParts parts = loss.LossParts ?? throw new GraphException($"accumulation: a loss must know its weight, but no loss function returned the tensor of shape {loss.Shape}. Hint: what was computed from losses is given with its weight: Backward(loss, weight).");
        double weight = parts.Weight();
        return Add(loss, weight, parts.IsMean ? weight : 1);
    }

    /// <summary>Back-propagates the mean loss of a part.</summary>
    /// <param name="loss">A single value: the mean.</param>
    /// <param name="weight">What the mean divides by: the number of rows, tokens, …</param>
    /// <returns>The loss as it was given.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The weight is negative or not finite.</exception>
    public double Backward(Tensor loss, double weight)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return Add(loss, weight, weight);
    }

    /// <summary>Divides the gradients by the sum of the weights, in place, and begins anew.</summary>
    /// <returns>The mean loss over all parts.</returns>
    /// <exception cref="GraphException">There was no part, or the weights add up to nothing.</exception>
    public double Finish()
    {
        if (Parts == 0) throw new GraphException("accumulation: there is nothing to finish before Backward was called. Hint: call it for each part of the batch.");
        if (!(Weight > 0)) throw new GraphException(string.Create(CultureInfo.InvariantCulture, $"accumulation: the parts' weights must add up to something, but those of {Parts} parts add up to {Weight}. Hint: skip steps in which no row counts."));
        double mean = _loss / Weight;
        foreach (Tensor parameter in _parameters) if (parameter.Grad is { } gradient) GradientClip.Scale(gradient, 1 / Weight);
        (Weight, Parts, _loss) = (0, 0, 0);
        return mean;
    }

    double Add(Tensor loss, double weight, double seed)
    {
        if (!(weight >= 0 && double.IsFinite(weight))) throw new ArgumentOutOfRangeException(nameof(weight), string.Create(CultureInfo.InvariantCulture, $"accumulation: a weight must be finite and not negative, but it is {weight}."));
        double value = loss.Item();
        loss.Backward(Tensor.Full(loss.Shape, seed * Scale, loss.DType));
        Weight += weight;
        _loss += value * seed;
        Parts++;
        return value;
    }
}
