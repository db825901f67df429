namespace Adjoint.Training;

/// <summary>What one epoch brought.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Train">The running score while training (the weights change meanwhile, dropout is on).</param>
/// <param name="Validation">The score on the validation data; null without any.</param>
/// <param name="LearningRate">In force at the epoch's end.</param>
/// <param name="Seconds">Wall time of training and validation.</param>
/// <param name="IsBest">Whether this epoch's weights are the best so far.</param>
/// <param name="LossScale">What losses are multiplied by at the epoch's end; null without scaling.</param>
/// <param name="SkippedSteps">Steps that were left out so far, since their gradients overflowed.</param>
public sealed record EpochRecord(int Epoch, Score Train, Score? Validation, double LearningRate, double Seconds, bool IsBest, double? LossScale = null, long SkippedSteps = 0);
