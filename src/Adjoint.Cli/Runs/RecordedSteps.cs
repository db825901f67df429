using Adjoint.Data;
using Adjoint.Profiling;
using Adjoint.Training;

namespace Adjoint.Cli.Runs;

/// <summary>Trains some steps to warm up, records the following ones, and stops.</summary>
internal sealed class RecordedSteps(int warmup, int steps, CancellationToken cancellation) : IProgress<TrainingProgress>
{
    readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    Profile? _profile;
    int _done;

    /// <summary>Runs the training as far as that.</summary>
    /// <exception cref="OperationCanceledException">The user has interrupted it.</exception>
    public ProfileReport Run(Trainer trainer, DataLoader train)
    {
        using (_stop)
        {
            try
            {
                trainer.Fit(train, options: new() { Epochs = int.MaxValue }, progress: this, cancellation: _stop.Token);
            }
            finally
            {
                _profile?.Dispose();
            }
        }

        cancellation.ThrowIfCancellationRequested();
        return _profile!.Report();
    }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        if (value.Completed is not null) return;        // an epoch, not a step
        _done++;
        // A last step of the warm-up is recorded in vain: it compiles the profile.
        if (_done == warmup - 1) _profile = Profile.Record();
        if (_done == warmup)
        {
            _profile?.Dispose();
            _profile = Profile.Record();
        }

        if (_done < warmup + steps) return;
        _profile!.Dispose();
        _stop.Cancel();
    }
}
