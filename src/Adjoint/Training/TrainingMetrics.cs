using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Adjoint.Training;

/// <summary>Publishes trainings as .NET metrics (OpenTelemetry, <c>dotnet-counters</c>) under the meter <see cref="MeterName"/>.</summary>
/// <remarks>
/// <para>Counters <c>adjoint.training.steps</c>, <c>adjoint.training.skipped_steps</c>, <c>adjoint.training.rows</c>, <c>adjoint.training.epochs</c>; the histogram
/// <c>adjoint.training.step.duration</c> in seconds; gauges <c>adjoint.training.loss</c>, <c>.learning_rate</c>, <c>.gradient_norm</c>, <c>.loss_scale</c>,
/// <c>.validation.loss</c>, <c>.validation.accuracy</c>. Every measurement carries the tag <c>adjoint.model</c>.</para>
/// <para>One object may serve many trainings, one after the other or at once on different threads.</para>
/// </remarks>
/// <example><code>
/// using var metrics = new TrainingMetrics();
/// trainer.Fit(train, options: new() { Callbacks = [metrics] });       // dotnet-counters monitor --counters Adjoint.Training
/// </code></example>
public sealed class TrainingMetrics : TrainingCallback, IDisposable
{
    /// <summary>What the meter is called.</summary>
    public const string MeterName = "Adjoint.Training";

    // A training stays on its thread, and several may run at once.
    readonly ThreadLocal<long> _began = new();
    readonly Meter _meter;
    readonly Counter<long> _steps, _skipped, _rows, _epochs;
    readonly Histogram<double> _duration;
    readonly Gauge<double> _loss, _rate, _norm, _scale, _validationLoss, _validationAccuracy;

    /// <summary>Makes the meter.</summary>
    /// <param name="meters">Where meters come from, as in programs with dependency injection; null makes one of its own.</param>
    public TrainingMetrics(IMeterFactory? meters = null)
    {
        _meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        _steps = _meter.CreateCounter<long>("adjoint.training.steps", "{step}", "Steps of the optimizer.");
        _skipped = _meter.CreateCounter<long>("adjoint.training.skipped_steps", "{step}", "Steps that were left out, since their gradients were not finite.");
        _rows = _meter.CreateCounter<long>("adjoint.training.rows", "{row}", "Rows that were learned from.");
        _epochs = _meter.CreateCounter<long>("adjoint.training.epochs", "{epoch}", "Finished epochs.");
        _duration = _meter.CreateHistogram<double>("adjoint.training.step.duration", "s", "Time from the beginning of a step to its end.");
        _loss = _meter.CreateGauge<double>("adjoint.training.loss", null, "Mean loss of the latest step.");
        _rate = _meter.CreateGauge<double>("adjoint.training.learning_rate", null, "Learning rate of the latest step.");
        _norm = _meter.CreateGauge<double>("adjoint.training.gradient_norm", null, "Norm of all gradients before clipping.");
        _scale = _meter.CreateGauge<double>("adjoint.training.loss_scale", null, "What losses are multiplied by.");
        _validationLoss = _meter.CreateGauge<double>("adjoint.training.validation.loss", null, "Validation loss of the latest epoch.");
        _validationAccuracy = _meter.CreateGauge<double>("adjoint.training.validation.accuracy", null, "Validation accuracy of the latest epoch, 0 to 1.");
    }

    /// <inheritdoc/>
    public override void StepStarting(TrainingContext training) => _began.Value = Stopwatch.GetTimestamp();

    /// <inheritdoc/>
    public override void StepEnded(TrainingContext training, StepRecord step)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(step);
        KeyValuePair<string, object?> model = Model(training);
        _duration.Record(Stopwatch.GetElapsedTime(_began.Value).TotalSeconds, model);
        (step.IsTaken ? _steps : _skipped).Add(1, model);
        _rows.Add(step.Rows, model);
        if (double.IsFinite(step.Loss)) _loss.Record(step.Loss, model);
        _rate.Record(step.LearningRate, model);
        if (step.GradientNorm is { } norm) _norm.Record(norm, model);
        if (step.LossScale is { } scale) _scale.Record(scale, model);
    }

    /// <inheritdoc/>
    public override void EpochEnded(TrainingContext training, EpochRecord epoch)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(epoch);
        _epochs.Add(1, Model(training));
        if (epoch.Validation is not { } validation) return;
        _validationLoss.Record(validation.Loss, Model(training));
        if (validation.Accuracy is { } accuracy) _validationAccuracy.Record(accuracy, Model(training));
    }

    /// <summary>Ends the meter.</summary>
    public void Dispose()
    {
        _meter.Dispose();
        _began.Dispose();
    }

    static KeyValuePair<string, object?> Model(TrainingContext training) => new("adjoint.model", training.Model.GetType().Name);
}
