using System.Diagnostics;
using Adjoint.Data;
using Adjoint.Profiling;
using Adjoint.Training;

namespace Adjoint.Cli.Runs;

/// <summary>Trains some steps to warm up, records the following ones, and stops.</summary>
/// <param name="warmup">How many to warm up with; null: until the runtime has had time to compile, in its stages, what the steps run.</param>
/// <param name="steps">How many to record.</param>
/// <param name="cancellation">Ends it.</param>
internal sealed class RecordedSteps(int? warmup, int steps, CancellationToken cancellation) : IProgress<TrainingProgress>
{
    const int LeastWarmup = 3;
    static readonly TimeSpan Compiled = TimeSpan.FromSeconds(2);

    readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    readonly long _begin = Stopwatch.GetTimestamp();
    Profile? _rehearsal, _profile;
    int _recorded;

    /// <summary>How many steps warmed up.</summary>
    public int Warmup { get; private set; }

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
                _rehearsal?.Dispose();
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
        if (_profile is not null)
        {
            if (++_recorded < steps) return;
            _profile.Dispose();
            _stop.Cancel();
            return;
        }

        Warmup++;
        // The last step of the warm-up is recorded in vain, which compiles the profile.
        if (warmup is { } count ? Warmup == count : _rehearsal is not null)
        {
            _rehearsal?.Dispose();
            _profile = Profile.Record();
        }
        else if (warmup is { } all ? Warmup == all - 1 : Warmup >= LeastWarmup && Stopwatch.GetElapsedTime(_begin) > Compiled) _rehearsal = Profile.Record(trace: false);
    }
}
