using Adjoint.Data;
using Adjoint.Optim;

namespace Adjoint.Training;

/// <summary>What one call of <see cref="Trainer.Fit"/> was given, and how far it has come.</summary>
internal sealed class FitRun(DataLoader train, DataLoader? validation, TrainingOptions options, IProgress<TrainingProgress>? progress, FitState fit, BestWeights best, ExponentialMovingAverage? average, LossScaler? scaler, TrainingState state, CancellationToken cancellation)
{
    long _saved = fit.Steps;

    public DataLoader Train => train;

    public DataLoader? Validation => validation;

    public TrainingOptions Options => options;

    public FitState Fit => fit;

    public BestWeights Best => best;

    public ExponentialMovingAverage? Average => average;

    public LossScaler? Scaler => scaler;

    public CancellationToken Cancellation => cancellation;

    public void Report(long batch, double rate, EpochRecord? completed)
    {
        // At an epoch's end the state is already that of the next.
        int epoch = completed?.Epoch ?? fit.Epoch;
        progress?.Report(new(epoch, options.Epochs, batch, train.Batches, completed?.Train ?? fit.Tally.Score, rate, completed, fit.History));
    }

    public void Save(bool isBest)
    {
        options.Checkpoints?.Save(state, fit.Steps, isBest);
        _saved = fit.Steps;
    }

    /// <summary>Saves what the last checkpoint does not have.</summary>
    public void SaveIfNew()
    {
        if (fit.Steps > _saved) Save(isBest: false);
    }
}
