namespace Adjoint.Training;

/// <summary>What a training came to; the model holds the best weights.</summary>
/// <param name="Epochs">One record per finished epoch.</param>
/// <param name="Best">The epoch whose weights the model now holds; null when none was finished.</param>
/// <param name="End">Why it ended.</param>
/// <param name="Seconds">Wall time.</param>
public sealed record TrainingResult(IReadOnlyList<EpochRecord> Epochs, EpochRecord? Best, TrainingEnd End, double Seconds);
