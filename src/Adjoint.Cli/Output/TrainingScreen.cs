using System.Diagnostics;
using System.Text.Json.Nodes;
using Adjoint.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Adjoint.Cli.Output;

/// <summary>Shows a training as it runs: in a terminal a bar for all of it, with the curve of the loss, and one for the epoch; a line an epoch everywhere.</summary>
internal sealed class TrainingScreen(Screen screen) : ITrainingDisplay
{
    const int BarWidth = 28, CurveWidth = 24;

    readonly Stopwatch _clock = Stopwatch.StartNew();
    readonly List<double> _losses = [];
    ProgressTask? _whole, _epoch;
    double _doneBefore = -1;        // by an earlier process
    volatile TrainingProgress? _latest;
    volatile string _curve = "";

    public void Begin(JsonObject record, string text) => screen.Line(text);

    public TrainingResult Show(Func<TrainingResult> train)
    {
        if (!screen.IsLive) return train();
        var progress = new Progress(screen.Console, TimeProvider.System) { AutoClear = true };
        progress.Columns(
            new Column(this, p => $"all {p.Epochs} epochs", p => $"epoch {p.Epoch}"),
            new ProgressBarColumn { Width = BarWidth },
            new Column(this, p => $"{Readable.Time(Remaining(p))} left", p => $"{p.Batch:#,0}/{p.Batches:#,0}"),
            new Column(this, _ => screen.Console.Profile.Capabilities.Unicode ? _curve : "", p => $"loss {Readable.Loss(p.Running.Loss)}{(p.Running.Accuracy is { } a ? "  " + Readable.Percent(a) : "")}"),
            new Column(this, _ => "", p => Readable.Rate(p.RowsPerSecond)));
        return progress.Start(context =>
        {
            (_whole, _epoch) = (context.AddTask("training"), context.AddTask("epoch"));
            return train();
        });
    }

    public void End(JsonObject record, IEnumerable<string> text)
    {
        foreach (string line in text) screen.Line(line);
    }

    public void Report(Finding value) => screen.Finding(value);

    public void Report(TrainingProgress value)
    {
        if (_doneBefore < 0) _doneBefore = Math.Max(0, Done(value) - 1);
        _latest = value;
        if (_whole is not null)
        {
            (_whole.MaxValue, _whole.Value) = (Whole(value), Done(value));
            (_epoch!.MaxValue, _epoch.Value) = (value.Batches, value.Batch);
            if (value.Completed is null && double.IsFinite(value.Running.Loss)) Draw(value.Running.Loss);
        }

        if (value.Completed is { } epoch) screen.Line(Line(value, epoch));
    }

    // As many points as a terminal shows; when there are twice as many, neighbours become one.
    void Draw(double loss)
    {
        _losses.Add(loss);
        if (_losses.Count < 64 * CurveWidth)
        {
            if (_losses.Count % 8 == 0) _curve = Sparkline.Of(_losses, CurveWidth);
            return;
        }

        for (int i = 0; i < _losses.Count / 2; i++) _losses[i] = (_losses[2 * i] + _losses[(2 * i) + 1]) / 2;
        _losses.RemoveRange(_losses.Count / 2, _losses.Count - (_losses.Count / 2));
    }

    string Line(TrainingProgress progress, EpochRecord epoch)
    {
        string validation = epoch.Validation is { } v ? $"  validation {Readable.Loss(v.Loss)} {Readable.Percent(v.Accuracy),8}" : "";
        string left = epoch.Epoch < progress.Epochs ? $"  {Readable.Time(Remaining(progress)),5} left" : "";
        return $"epoch {epoch.Epoch,3}/{progress.Epochs}  train {Readable.Loss(epoch.Train.Loss)} {Readable.Percent(epoch.Train.Accuracy),8}{validation}{(epoch.IsBest ? " *" : "  ")}{Readable.Rate(progress.RowsPerSecond),19}{left}";
    }

    double Remaining(TrainingProgress p) => _clock.Elapsed.TotalSeconds / (Done(p) - _doneBefore) * (Whole(p) - Done(p));

    static double Done(TrainingProgress p) => ((p.Epoch - 1.0) * p.Batches) + p.Batch;

    static double Whole(TrainingProgress p) => (double)p.Epochs * p.Batches;

    // Drawn by the display's own thread, from whatever was reported last.
    sealed class Column(TrainingScreen screen, Func<TrainingProgress, string> whole, Func<TrainingProgress, string> epoch) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(screen._latest is { } p ? (task == screen._whole ? whole : epoch)(p) : "");
    }
}
