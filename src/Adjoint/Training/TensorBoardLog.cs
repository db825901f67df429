using System.Diagnostics.CodeAnalysis;
using Adjoint.Formats;

namespace Adjoint.Training;

/// <summary>Writes a training for TensorBoard as it runs: scalars by step, scores and histograms of weights and gradients by epoch, the model as text.</summary>
/// <remarks>Tags: <c>step/loss</c>, <c>step/learning_rate</c>, <c>step/gradient_norm</c>, <c>step/loss_scale</c>; <c>loss/train</c>, <c>loss/validation</c>, <c>accuracy/…</c>;
/// <c>weights/NAME</c>, <c>gradients/NAME</c>; <c>model</c>. All by the number of steps. A resumed training goes on in a file of its own, from the step it goes on at.</remarks>
/// <example><code>
/// trainer.Fit(train, validation, new() { Callbacks = [new TensorBoardLog("runs/first")] });      // tensorboard --logdir runs
/// </code></example>
/// <param name="folder">The run's folder.</param>
[SuppressMessage("Design", "CA1001", Justification = "The file is open during a training, and the training closes it whatever happens.")]
public sealed class TensorBoardLog(string folder) : TrainingCallback
{
    readonly int _every = 10;
    EventWriter? _events;

    /// <summary>Every how many steps scalars are written; 10 at first.</summary>
    public int Every
    {
        get => _every;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _every = value;
        }
    }

    /// <summary>Whether epochs have histograms; they do at first.</summary>
    public bool Histograms { get; init; } = true;

    /// <inheritdoc/>
    /// <exception cref="IOException">The folder or the file cannot be made.</exception>
    public override void Started(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        _events = new EventWriter(folder, training.Steps > 0 ? training.Steps + 1 : null);
        if (training.Steps == 0) _events.WriteText("model", string.Concat($"{training.Model}".Split('\n').Select(line => $"    {line}\n")), 0);
    }

    /// <inheritdoc/>
    public override void StepEnded(TrainingContext training, StepRecord step)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(step);
        if (step.Step % Every == 0 || step.Step == 1)
        {
            _events!.WriteScalar("step/loss", step.Loss, step.Step);
            _events.WriteScalar("step/learning_rate", step.LearningRate, step.Step);
            if (step.GradientNorm is { } norm) _events.WriteScalar("step/gradient_norm", norm, step.Step);
            if (step.LossScale is { } scale) _events.WriteScalar("step/loss_scale", scale, step.Step);
        }

        if (!Histograms || step.Step % training.StepsPerEpoch != 0) return;
        foreach ((string name, Tensor parameter) in training.Model.NamedParameters())
            if (parameter.Grad is { } gradient) _events!.WriteHistogram($"gradients/{name}", gradient, step.Step);
    }

    /// <inheritdoc/>
    public override void EpochEnded(TrainingContext training, EpochRecord epoch)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(epoch);
        Write("train", epoch.Train);
        if (epoch.Validation is { } validation) Write("validation", validation);
        if (!Histograms) return;
        foreach ((string name, Tensor parameter) in training.Model.NamedParameters()) _events!.WriteHistogram($"weights/{name}", parameter, training.Steps);

        void Write(string part, Score score)
        {
            _events!.WriteScalar($"loss/{part}", score.Loss, training.Steps);
            if (score.Accuracy is { } accuracy) _events.WriteScalar($"accuracy/{part}", accuracy, training.Steps);
        }
    }

    /// <inheritdoc/>
    public override void Ended(TrainingContext training, TrainingResult result) => Close();

    /// <inheritdoc/>
    public override void Failed(TrainingContext training, Exception exception) => Close();

    void Close()
    {
        _events?.Dispose();
        _events = null;
    }
}
