namespace Adjoint.Training;

/// <summary>Where a running training stands; reported after every batch and at every epoch's end.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Epochs">How many there will be at most.</param>
/// <param name="Batch">Batches done in this epoch.</param>
/// <param name="Batches">Batches of an epoch.</param>
/// <param name="Running">The score of this epoch so far.</param>
/// <param name="RowsPerSecond">Over this epoch so far.</param>
/// <param name="Completed">The epoch that has just ended, or null between.</param>
/// <param name="History">All finished epochs, those before a resume too.</param>
/// <param name="LastStep">The latest step of the optimizer in this epoch; null before the first.</param>
public sealed record TrainingProgress(int Epoch, int Epochs, long Batch, long Batches, Score Running, double RowsPerSecond, EpochRecord? Completed, IReadOnlyList<EpochRecord> History, StepRecord? LastStep = null);
