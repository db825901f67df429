using System.Diagnostics;
using Adjoint.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Adjoint.Cli.Output;

/// <summary>Shows a training as it runs: a bar with loss, accuracy, speed and remaining time in a terminal; a line an epoch everywhere.</summary>
internal sealed class TrainingScreen(Screen screen) : IProgress<TrainingProgress>
{
    readonly Stopwatch _clock = Stopwatch.StartNew();
    ProgressTask? _bar;
    volatile TrainingProgress? _latest;

    /// <summary>Runs the training under the display.</summary>
    public TrainingResult Show(Func<IProgress<TrainingProgress>, TrainingResult> train)
    {
        if (!screen.IsLive) return train(this);
        var progress = new Progress(screen.Console, TimeProvider.System) { AutoClear = true };
        progress.Columns(
            new Column(this, p => $"epoch {p.Epoch}/{p.Epochs}"),
            new ProgressBarColumn { Width = 30 },
            new Column(this, p => $"loss {Readable.Loss(p.Running.Loss)}"),
            new Column(this, p => Readable.Percent(p.Running.Accuracy)),
            new Column(this, p => Readable.Rate(p.RowsPerSecond)),
            new Column(this, p => $"{Readable.Time(Remaining(p))} left"));
        return progress.Start(context =>
        {
            _bar = context.AddTask("training");
            return train(this);
        });
    }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        _latest = value;
        if (_bar is not null)
        {
            _bar.MaxValue = Whole(value);
            _bar.Value = Done(value);
        }

        if (value.Completed is { } epoch) screen.Line(Line(value, epoch));
    }

    string Line(TrainingProgress progress, EpochRecord epoch)
    {
        string validation = epoch.Validation is { } v ? $"  validation {Readable.Loss(v.Loss)} {Readable.Percent(v.Accuracy),8}" : "";
        string left = epoch.Epoch < progress.Epochs ? $"  {Readable.Time(Remaining(progress)),5} left" : "";
        return $"epoch {epoch.Epoch,3}/{progress.Epochs}  train {Readable.Loss(epoch.Train.Loss)} {Readable.Percent(epoch.Train.Accuracy),8}{validation}{(epoch.IsBest ? " *" : "  ")}{Readable.Rate(progress.RowsPerSecond),19}{left}";
    }

    double Remaining(TrainingProgress p) => _clock.Elapsed.TotalSeconds / Done(p) * (Whole(p) - Done(p));

    static double Done(TrainingProgress p) => ((p.Epoch - 1.0) * p.Batches) + p.Batch;

    static double Whole(TrainingProgress p) => (double)p.Epochs * p.Batches;

    // Drawn by the display's own thread, from whatever was reported last.
    sealed class Column(TrainingScreen screen, Func<TrainingProgress, string> text) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(screen._latest is { } p ? text(p) : "");
    }
}
