using Adjoint.Training;
using Microsoft.Extensions.Logging;

namespace Adjoint.Hosting;

/// <summary>Tells a training to an <see cref="ILogger"/>: beginning, epochs, findings, steps left out, and its end; single steps at level Debug.</summary>
/// <remarks>
/// Events: 1 started, 2 step (Debug), 3 step left out (Warning), 4 epoch, 5 ended, 6 failed (Error), 7 finding (Warning). Values are structured, with the names of the messages below.
/// It may be given to a <see cref="TrainingWatch"/> as <see cref="TrainingWatch.Findings"/>.
/// </remarks>
/// <example><code>
/// var logger = new TrainingLogger(loggerFactory.CreateLogger("training"));
/// trainer.Fit(train, validation, new() { Callbacks = [logger, new TrainingWatch { Findings = logger }] });
/// </code></example>
/// <param name="logger">Where it goes.</param>
public sealed partial class TrainingLogger(ILogger logger) : TrainingCallback, IProgress<Finding>
{
    /// <summary>For dependency injection: the category is this class.</summary>
    public TrainingLogger(ILogger<TrainingLogger> logger) : this((ILogger)logger)
    {
    }

    /// <inheritdoc/>
    public override void Started(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        Started(training.Model.GetType().Name, training.Model.ParameterCount, training.Steps, training.Options.Epochs, training.StepsPerEpoch);
    }

    /// <inheritdoc/>
    public override void StepEnded(TrainingContext training, StepRecord step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (step.IsTaken) Step(step.Step, step.Loss, step.LearningRate);
        else LeftOut(step.Step, step.LossScale);
    }

    /// <inheritdoc/>
    public override void EpochEnded(TrainingContext training, EpochRecord epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        Epoch(epoch.Epoch, epoch.Train.Loss, epoch.Validation?.Loss, epoch.Validation?.Accuracy, epoch.IsBest, epoch.Seconds);
    }

    /// <inheritdoc/>
    public override void Ended(TrainingContext training, TrainingResult result)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(result);
        Ended(result.End, training.Steps, result.Seconds, result.Best?.Epoch);
    }

    /// <inheritdoc/>
    public override void Failed(TrainingContext training, Exception exception)
    {
        ArgumentNullException.ThrowIfNull(training);
        Failed(exception, training.Steps);
    }

    /// <inheritdoc/>
    public void Report(Finding value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Found(value.What, value.Evidence, value.Advice);
    }

    [LoggerMessage(1, LogLevel.Information, "training of {Model} with {Parameters} parameters begins after step {Step}: at most {Epochs} epochs of {StepsPerEpoch} steps")]
    partial void Started(string model, long parameters, long step, int epochs, long stepsPerEpoch);

    [LoggerMessage(2, LogLevel.Debug, "step {Step}: loss {Loss}, learning rate {LearningRate}")]
    partial void Step(long step, double loss, double learningRate);

    [LoggerMessage(3, LogLevel.Warning, "step {Step} was left out: its gradients were not finite (loss scale {LossScale})")]
    partial void LeftOut(long step, double? lossScale);

    [LoggerMessage(4, LogLevel.Information, "epoch {Epoch}: training loss {TrainingLoss}, validation loss {ValidationLoss}, validation accuracy {ValidationAccuracy}, best so far: {IsBest}, {Seconds} s")]
    partial void Epoch(int epoch, double trainingLoss, double? validationLoss, double? validationAccuracy, bool isBest, double seconds);

    [LoggerMessage(5, LogLevel.Information, "training ended as {End} after step {Step} and {Seconds} s; best epoch {BestEpoch}")]
    partial void Ended(TrainingEnd end, long step, double seconds, int? bestEpoch);

    [LoggerMessage(6, LogLevel.Error, "training failed after step {Step}")]
    partial void Failed(Exception exception, long step);

    [LoggerMessage(7, LogLevel.Warning, "{What} Evidence: {Evidence} What usually helps: {Advice}")]
    partial void Found(string what, string evidence, string advice);
}
