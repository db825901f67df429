namespace Adjoint.Training;

/// <summary>What a model is trained for: the loss of a batch, and how its predictions are counted.</summary>
/// <param name="Loss">Maps the model's output and the targets to a single value, the mean over the batch.</param>
/// <param name="CountCorrect">How many rows are right; null where "right" has no meaning.</param>
public sealed record Objective(Func<Tensor, Tensor, Tensor> Loss, Func<Tensor, Tensor, long>? CountCorrect = null)
{
    /// <summary>Class scores [B, C] against class indices [B]: cross entropy, and accuracy by the largest score.</summary>
    /// <param name="labelSmoothing">The share of each target that is spread evenly over all classes.</param>
    public static Objective Classification(double labelSmoothing = 0) => new(
        (output, target) => output.CrossEntropy(target, labelSmoothing: labelSmoothing),
        (output, target) => (long)output.Argmax(1).EqualTo(target).Sum().Item());

    /// <summary>Scores of a language model [B, T, V] against the token that comes next [B, T]: cross entropy, the mean over all tokens.</summary>
    /// <remarks>Targets are the inputs moved on by one: tokens 1 … T of a text where the inputs are tokens 0 … T − 1.</remarks>
    /// <param name="ignoreIndex">The target of places that do not count, such as padding.</param>
    public static Objective NextToken(long ignoreIndex = -100) => new(
        (output, target) => output.Flatten(0, -2).CrossEntropy(target.Flatten(), ignoreIndex: ignoreIndex));

    /// <summary>Numbers against numbers of the same shape: mean squared error.</summary>
    public static Objective Regression { get; } = new((output, target) => output.MseLoss(target));
}
