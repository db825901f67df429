using Adjoint.Data;
using Adjoint.Optim;

namespace Adjoint.Training;

/// <summary>From batches to one step of the optimizer: losses, gradients, clipping, the step, and what it was.</summary>
internal sealed class TrainingStep(Trainer trainer, TrainingOptions options, FitState fit)
{
    /// <summary>One overflow, or two, belong to finding the scale.</summary>
    const int OverflowsToExplain = 4;

    readonly Optimizer _optimizer = trainer.Optimizer;
    GradientAccumulation? _accumulation;
    double _loss;
    long _rows;

    /// <summary>What losses are multiplied by; null where they are not.</summary>
    public LossScaler? Scaler { get; } = options.Precision.Low == DType.F16 ? new() : null;

    /// <summary>Batches since the last step.</summary>
    public int Parts { get; private set; }

    /// <summary>Forgets what was begun.</summary>
    public void Clear()
    {
        _optimizer.ZeroGrad();
        (Parts, _rows) = (0, 0);
        // The scale may have changed.
        _accumulation = options.AccumulateBatches == 1 ? null : new(_optimizer.Parameters) { Scale = Scaler?.Scale ?? 1 };
    }

    /// <summary>Adds a batch's gradients.</summary>
    /// <exception cref="NonFiniteLossException">The loss is not finite, and no step may be left out.</exception>
    public void Add(Batch batch, long number)
    {
        if (Scaler?.SkippedInARow == OverflowsToExplain && Parts == 0) Overflow.Explain(Scaler, trainer.Model, _optimizer, () => Loss(batch).Loss);
        using Scope scope = Scope.Begin("training step");
        (Tensor output, Tensor loss) = Loss(batch);
        _loss = loss.Item();
        // Where losses are scaled, what is too large costs a step, and not the training.
        bool isFinite = double.IsFinite(_loss);
        if (!isFinite && Scaler is null && !options.SkipNonFinite) throw new NonFiniteLossException(FormattableString.Invariant($"training: the loss must stay finite, but it is {_loss} at epoch {fit.Epoch}, step {number}. Hint: lower the learning rate, clip gradients, or look for NaN in the data."));
        if (_accumulation is not null)
        {
            if (loss.LossWeight is null) _accumulation.Backward(loss, batch.Count);
            else _accumulation.Backward(loss);
        }
        else if (Scaler is not null) Scaler.Backward(loss);
        else loss.Backward();

        (Parts, _rows) = (Parts + 1, _rows + batch.Count);
        if (isFinite) fit.Tally.Add(trainer.Objective, _loss, output, batch);
    }

    /// <summary>Changes the weights; gradients stay until <see cref="Clear"/>.</summary>
    public StepRecord Take()
    {
        using Scope scope = Scope.Begin("training step");
        double? scale = Scaler?.Scale;
        double loss = _accumulation?.Finish() ?? _loss;
        bool isFinite = Scaler?.Unscale(_optimizer) ?? (!options.SkipNonFinite || AreFinite());
        if (isFinite && options.MaxGradientValue is { } largest) GradientClip.ByValue(_optimizer.Parameters, largest);
        double? norm = isFinite && options.MaxGradientNorm is { } most ? GradientClip.ByNorm(_optimizer.Parameters, most) : null;
        if (Scaler is not null) Scaler.Step(_optimizer);
        else if (isFinite) _optimizer.Step();
        return new(fit.Steps + 1, fit.Epoch, loss, _optimizer.LearningRate, _rows, isFinite, norm, scale);
    }

    (Tensor Output, Tensor Loss) Loss(Batch batch)
    {
        using PrecisionScope precision = options.Precision.Scope();
        Tensor output = trainer.Model.Call(batch.Inputs);
        return (output, trainer.Objective.Loss(output, batch.Targets));
    }

    /// <summary>Whether the gradients are finite; counts the steps for which they are not.</summary>
    bool AreFinite()
    {
        bool all = _optimizer.Parameters.All(p => p.Grad is not { } gradient || Numbers.Find(gradient) == Kernels.NonFiniteKinds.None);
        fit.Skipped = all ? (fit.Skipped.All, 0) : (fit.Skipped.All + 1, fit.Skipped.InARow + 1);
        if (fit.Skipped.InARow <= TrainingOptions.MostSkipped) return all;
        throw new NonFiniteLossException($"training: at most {TrainingOptions.MostSkipped} steps in a row may be left out, but the gradients of {fit.Skipped.InARow} in a row were not finite, up to step {fit.Steps + 1}. Hint: lower the learning rate, clip gradients, or look for NaN in the data.");
    }
}
