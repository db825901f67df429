using System.Diagnostics;
using Adjoint.Data;
using Adjoint.Nn;
using Adjoint.Optim;

namespace Adjoint.Training;

/// <summary>Trains a model over epochs and mini-batches, watches a validation score, and leaves the best weights in the model.</summary>
/// <remarks>Each step is a <see cref="Scope"/>, so that memory stays flat. Source of early stopping: Prechelt 1998.</remarks>
/// <example><code>
/// var trainer = new Trainer(model, new AdamW(model.Parameters()), Objective.Classification());
/// TrainingResult result = trainer.Fit(train, validation, new() { Epochs = 20, Patience = 5 });
/// Score score = trainer.Evaluate(test);
/// </code></example>
/// <param name="model">What is trained.</param>
/// <param name="optimizer">Updates the model's parameters.</param>
/// <param name="objective">The loss and the count of right answers.</param>
/// <param name="schedule">Sets the learning rate of every step; null leaves it.</param>
public sealed class Trainer(Module<Tensor, Tensor> model, Optimizer optimizer, Objective objective, LearningRateSchedule? schedule = null)
{
    /// <summary>One overflow, or two, belong to finding the scale.</summary>
    const int OverflowsToExplain = 4;

    /// <summary>Trains until the epochs are done, the validation score has stopped improving, or <paramref name="cancellation"/> is requested; goes on where it was interrupted with <see cref="TrainingOptions.Resume"/>.</summary>
    /// <param name="train">The batches to learn from; one enumeration an epoch.</param>
    /// <param name="validation">The batches that the best epoch is chosen by; without them it is the last one.</param>
    /// <param name="options">How long and how carefully.</param>
    /// <param name="progress">Told after every step and every epoch, on the calling thread.</param>
    /// <param name="cancellation">Ends the training between two steps, and saves it there; without checkpoints the unfinished epoch is lost.</param>
    /// <returns>The history; the model holds the weights of the best epoch, or the present ones if none was finished.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or the checkpoint to go on from is of another training.</exception>
    /// <exception cref="FormatException">There are checkpoints to go on from, but none is valid.</exception>
    /// <exception cref="IOException">A checkpoint or the best model could not be written; older ones are untouched.</exception>
    /// <exception cref="GraphException">A parameter that is not frozen is not the optimizer's, or receives no gradient.</exception>
    /// <exception cref="NonFiniteException">A number became NaN or infinite and <see cref="TrainingOptions.NanGuard"/> is set.</exception>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite.</exception>
    public TrainingResult Fit(DataLoader train, DataLoader? validation = null, TrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        options ??= new();
        options.Check(validation is not null);
        optimizer.CheckCovers(model);
        var clock = Stopwatch.StartNew();
        using var best = new BestWeights(model);
        var fit = new FitState(train.State);
        ExponentialMovingAverage? average = options.AverageDecay is { } decay ? new(model, decay) { WarmUp = true } : null;
        LossScaler? scaler = options.Precision.Low == DType.F16 ? new() : null;
        TrainingState state = Whole(train, fit, best, average, scaler);
        if (options.Resume) options.Checkpoints!.Restore(state);
        if (!model.IsTraining) model.Train();
        using NanGuard? guard = options.NanGuard ? new NanGuard() : null;
        var run = new FitRun(train, validation, options, progress, fit, best, average, scaler, state, cancellation);
        TrainingEnd end;
        try
        {
            while (fit.Epoch <= options.Epochs && !HasStalled(fit, options) && !IsSpent(fit, options)) RunEpoch(run);
            end = HasStalled(fit, options) ? TrainingEnd.StoppedEarly : fit.Epoch > options.Epochs ? TrainingEnd.Finished : TrainingEnd.OutOfBudget;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            end = TrainingEnd.Cancelled;
            run.SaveIfNew();
        }

        options.Checkpoints?.Wait();
        best.PutBack();
        return new(fit.History, fit.Best, end, clock.Elapsed.TotalSeconds);
    }

    /// <summary><see cref="Fit"/> on a thread of its own.</summary>
    /// <inheritdoc cref="Fit"/>
    public Task<TrainingResult> FitAsync(DataLoader train, DataLoader? validation = null, TrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default) =>
        Task.Factory.StartNew(() => Fit(train, validation, options, progress, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>The score over a data set, with the model in evaluation mode and nothing recorded.</summary>
    /// <exception cref="OperationCanceledException">The cancellation token was used.</exception>
    public Score Evaluate(DataLoader data, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        var tally = new Tally();
        bool[] modes = [.. model.Modules().Select(m => m.IsTraining)];
        model.Eval();
        try
        {
            using NoGrad off = NoGrad.Scope();
            foreach (Batch batch in data.Run(cancellation))
            {
                using Scope scope = Scope.Begin("evaluation step");
                Tensor output = model.Call(batch.Inputs);
                tally.Add(objective, objective.Loss(output, batch.Targets).Item(), output, batch);
            }

            return tally.Score;
        }
        finally
        {
            // Not all of a model need be in one mode: a frozen part may stay in evaluation. Outer modules come first, inner ones correct them.
            model.Train(modes[0]);
            foreach ((Module module, bool mode) in model.Modules().Zip(modes)) if (module.IsTraining != mode) module.Train(mode);
        }
    }

    /// <summary>All that goes into a checkpoint.</summary>
    TrainingState Whole(DataLoader train, FitState fit, BestWeights best, ExponentialMovingAverage? average, LossScaler? scaler)
    {
        var state = new TrainingState { { "model", model }, { "optimizer", optimizer } };
        if (schedule is not null) state.Add("schedule", schedule);
        if (average is not null) state.Add("average", average);
        if (scaler is not null) state.Add("scaler", scaler);
        state.Add("data", new LoaderPart(train, () => fit.Reached));
        state.Add("best", best);
        state.Add("training", fit);
        return state;
    }

    static bool HasStalled(FitState fit, TrainingOptions options) => fit.History is [.., var last] && last.Epoch - fit.Best!.Epoch >= options.Patience;

    static bool IsSpent(FitState fit, TrainingOptions options) => fit.Steps >= options.MaxSteps || fit.AllSeconds >= options.MaxTime?.TotalSeconds;

    void RunEpoch(FitRun run)
    {
        (FitState fit, TrainingOptions options, DataLoader train) = (run.Fit, run.Options, run.Train);
        var clock = Stopwatch.StartNew();
        (double before, long rowsBefore, long batch) = (fit.Seconds, fit.Tally.Rows, fit.Batch);
        optimizer.ZeroGrad();
        GradientAccumulation? accumulation = NewAccumulation(run);
        LoaderState at = fit.Reached;
        // A step of several batches is finished before anybody is listened to.
        foreach (Batch rows in train.Run(accumulation is null ? run.Cancellation : CancellationToken.None))
        {
            Add(rows, run, accumulation, ++batch);
            at = train.State;
            if (accumulation is null || accumulation.Parts == options.AccumulateBatches) Finish();
            run.Report(batch, Rate(), null);
            if (fit.Batch == batch && batch < train.Batches && IsSpent(fit, options)) break;
        }

        if (accumulation is { Parts: > 0 }) Finish();
        // A training that is allowed more later goes on in the middle of this epoch.
        if (batch < train.Batches) run.SaveIfNew();
        double rate = Rate();
        EpochRecord record = Judge(run, before, clock);
        fit.History.Add(record);
        if (record.IsBest) fit.Best = record;
        if (batch == train.Batches)
        {
            (fit.Epoch, fit.Batch, fit.Seconds, fit.Tally, fit.Reached) = (fit.Epoch + 1, 0, 0, new(), train.State);
            run.Save(record.IsBest);
        }

        run.Report(batch, rate, record);

        double Rate() => (fit.Tally.Rows - rowsBefore) / clock.Elapsed.TotalSeconds;

        void Finish()
        {
            if (Step(accumulation, run)) run.Average?.Update();
            // The scale may have changed.
            if (accumulation is not null) accumulation = NewAccumulation(run);
            (fit.Steps, fit.Batch, fit.Seconds, fit.Reached) = (fit.Steps + 1, batch, before + clock.Elapsed.TotalSeconds, at);
            if (fit.Steps % options.CheckpointEvery == 0) run.Save(isBest: false);
            if (accumulation is not null) run.Cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The epoch's record; its weights are kept if they are the best.</summary>
    EpochRecord Judge(FitRun run, double before, Stopwatch clock)
    {
        (FitState fit, TrainingOptions options) = (run.Fit, run.Options);
        using IDisposable? averaged = run.Average?.Use();
        using PrecisionScope precision = options.Precision.Scope();
        Score? score = run.Validation is null ? null : Evaluate(run.Validation, run.Cancellation);
        EpochRecord record = run.Best.Consider(new(fit.Epoch, fit.Tally.Score, score, optimizer.LearningRate, before + clock.Elapsed.TotalSeconds, IsBest: false, run.Scaler?.Scale, run.Scaler?.Skipped ?? fit.Skipped.All), fit.Best);
        if (record.IsBest && options.BestModel is { } path) ModelFile.Save(path, model, options.Metadata);
        return record;
    }

    GradientAccumulation? NewAccumulation(FitRun run) =>
        run.Options.AccumulateBatches == 1 ? null : new(optimizer.Parameters) { Scale = run.Scaler?.Scale ?? 1 };

    void Add(Batch batch, FitRun run, GradientAccumulation? accumulation, long number)
    {
        if (run.Scaler?.SkippedInARow == OverflowsToExplain && accumulation is null or { Parts: 0 }) Overflow.Explain(run.Scaler!, model, optimizer, () => Loss(batch, run).Loss);
        using Scope scope = Scope.Begin("training step");
        (Tensor output, Tensor loss) = Loss(batch, run);
        double value = loss.Item();
        // Where losses are scaled, what is too large costs a step, and not the training.
        bool isFinite = double.IsFinite(value);
        if (!isFinite && run.Scaler is null && !run.Options.SkipNonFinite) throw new NonFiniteLossException(FormattableString.Invariant($"training: the loss must stay finite, but it is {value} at epoch {run.Fit.Epoch}, step {number}. Hint: lower the learning rate, clip gradients, or look for NaN in the data."));
        if (accumulation is not null)
        {
            if (loss.LossWeight is null) accumulation.Backward(loss, batch.Count);
            else accumulation.Backward(loss);
        }
        else if (run.Scaler is { } scaler) scaler.Backward(loss);
        else loss.Backward();

        if (isFinite) run.Fit.Tally.Add(objective, value, output, batch);
    }

    (Tensor Output, Tensor Loss) Loss(Batch batch, FitRun run)
    {
        using PrecisionScope precision = run.Options.Precision.Scope();
        Tensor output = model.Call(batch.Inputs);
        return (output, objective.Loss(output, batch.Targets));
    }

    /// <returns>Whether the optimizer took the step.</returns>
    bool Step(GradientAccumulation? accumulation, FitRun run)
    {
        using Scope scope = Scope.Begin("training step");
        accumulation?.Finish();
        bool isFinite = run.Scaler?.Unscale(optimizer) ?? (!run.Options.SkipNonFinite || AreFinite(run.Fit));
        if (isFinite && run.Options.MaxGradientNorm is { } norm) GradientClip.ByNorm(optimizer.Parameters, norm);
        if (run.Scaler is { } scaler) scaler.Step(optimizer);
        else if (isFinite) optimizer.Step();
        optimizer.ZeroGrad();
        schedule?.Step();
        return isFinite;
    }

    /// <summary>Whether the gradients are finite; counts the steps for which they are not.</summary>
    bool AreFinite(FitState fit)
    {
        bool all = optimizer.Parameters.All(p => p.Grad is not { } gradient || Numbers.Find(gradient) == Kernels.NonFiniteKinds.None);
        fit.Skipped = all ? (fit.Skipped.All, 0) : (fit.Skipped.All + 1, fit.Skipped.InARow + 1);
        if (fit.Skipped.InARow <= TrainingOptions.MostSkipped) return all;
        throw new NonFiniteLossException($"training: at most {TrainingOptions.MostSkipped} steps in a row may be left out, but the gradients of {fit.Skipped.InARow} in a row were not finite, up to step {fit.Steps + 1}. Hint: lower the learning rate, clip gradients, or look for NaN in the data.");
    }
}
