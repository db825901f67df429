namespace Adjoint.Training;

/// <summary>A loss and, for classification, an accuracy, over a whole data set.</summary>
/// <param name="Loss">The mean over all rows.</param>
/// <param name="Accuracy">The share of rows that are right, 0 to 1; null where it has no meaning.</param>
/// <param name="Rows">How many rows there were.</param>
public sealed record Score(double Loss, double? Accuracy, long Rows);

/// <summary>What one epoch brought.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Train">The running score while training (the weights change meanwhile, dropout is on).</param>
/// <param name="Validation">The score on the validation data; null without any.</param>
/// <param name="LearningRate">In force at the epoch's end.</param>
/// <param name="Seconds">Wall time of training and validation.</param>
/// <param name="IsBest">Whether this epoch's weights are the best so far.</param>
public sealed record EpochRecord(int Epoch, Score Train, Score? Validation, double LearningRate, double Seconds, bool IsBest);

/// <summary>Where a running training stands; reported after every step and at every epoch's end.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Epochs">How many there will be at most.</param>
/// <param name="Step">Steps done in this epoch.</param>
/// <param name="Steps">Steps of an epoch.</param>
/// <param name="Running">The score of this epoch so far.</param>
/// <param name="RowsPerSecond">Over this epoch so far.</param>
/// <param name="Completed">The epoch that has just ended, or null between.</param>
public sealed record TrainingProgress(int Epoch, int Epochs, long Step, long Steps, Score Running, double RowsPerSecond, EpochRecord? Completed);

/// <summary>Why a training ended.</summary>
public enum TrainingEnd
{
    /// <summary>All epochs are done.</summary>
    Finished,

    /// <summary>The validation score did not improve for <see cref="TrainingOptions.Patience"/> epochs.</summary>
    StoppedEarly,

    /// <summary>The cancellation token was used.</summary>
    Cancelled,
}

/// <summary>What a training came to; the model holds the best weights.</summary>
/// <param name="Epochs">One record per finished epoch.</param>
/// <param name="Best">The epoch whose weights the model now holds; null when none was finished.</param>
/// <param name="End">Why it ended.</param>
/// <param name="Seconds">Wall time.</param>
public sealed record TrainingResult(IReadOnlyList<EpochRecord> Epochs, EpochRecord? Best, TrainingEnd End, double Seconds);

/// <summary>How long and how carefully to train.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training data.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Stop after this many epochs without a better validation score; null never stops early.</summary>
    public int? Patience { get; init; }

    /// <summary>Rescale gradients whose global norm is above this; null leaves them.</summary>
    public double? MaxGradientNorm { get; init; }
}
