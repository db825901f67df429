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
    /// <summary>Trains until the epochs are done, the validation score has stopped improving, or <paramref name="cancellation"/> is requested.</summary>
    /// <param name="train">The batches to learn from; one enumeration an epoch.</param>
    /// <param name="validation">The batches that the best epoch is chosen by; without them it is the last one.</param>
    /// <param name="options">How long and how carefully.</param>
    /// <param name="progress">Told after every step and every epoch, on the calling thread.</param>
    /// <param name="cancellation">Ends the training between two steps; the unfinished epoch does not count.</param>
    /// <returns>The history; the model holds the weights of the best epoch, or the present ones if none was finished.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="GraphException">A parameter that is not frozen is not the optimizer's, or receives no gradient.</exception>
    /// <exception cref="NonFiniteException">A number became NaN or infinite and <see cref="TrainingOptions.NanGuard"/> is set.</exception>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite.</exception>
    public TrainingResult Fit(DataLoader train, DataLoader? validation = null, TrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        options ??= new();
        options.Check(validation is not null);
        optimizer.CheckCovers(model);
        if (!model.IsTraining) model.Train();
        var clock = Stopwatch.StartNew();
        var history = new List<EpochRecord>();
        using var best = new BestWeights(model);
        using NanGuard? guard = options.NanGuard ? new NanGuard() : null;
        TrainingEnd end = TrainingEnd.Finished;
        try
        {
            for (int epoch = 1; epoch <= options.Epochs && end == TrainingEnd.Finished; epoch++)
            {
                history.Add(RunEpoch(epoch, train, validation, options, best, progress, cancellation));
                if (epoch - best.Record!.Epoch >= options.Patience) end = TrainingEnd.StoppedEarly;
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            end = TrainingEnd.Cancelled;
        }

        best.Restore();
        return new(history, best.Record, end, clock.Elapsed.TotalSeconds);
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

    EpochRecord RunEpoch(int epoch, DataLoader train, DataLoader? validation, TrainingOptions options, BestWeights best, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var tally = new Tally();
        long step = 0;
        optimizer.ZeroGrad();
        var accumulation = options.AccumulateBatches == 1 ? null : new GradientAccumulation(optimizer.Parameters);
        foreach (Batch batch in train.Run(cancellation))
        {
            Add(batch, accumulation, tally, epoch, ++step);
            if (accumulation is null || accumulation.Parts == options.AccumulateBatches) Step(accumulation, options);
            progress?.Report(new(epoch, options.Epochs, step, train.Batches, tally.Score, tally.Rows / clock.Elapsed.TotalSeconds, null));
        }

        if (accumulation is { Parts: > 0 }) Step(accumulation, options);
        double rate = tally.Rows / clock.Elapsed.TotalSeconds;
        Score? score = validation is null ? null : Evaluate(validation, cancellation);
        EpochRecord record = best.Consider(new(epoch, tally.Score, score, optimizer.LearningRate, clock.Elapsed.TotalSeconds, IsBest: false));
        if (record.IsBest && options.BestModel is { } path) ModelFile.Save(path, model, options.Metadata);
        progress?.Report(new(epoch, options.Epochs, step, train.Batches, tally.Score, rate, record));
        return record;
    }

    void Add(Batch batch, GradientAccumulation? accumulation, Tally tally, int epoch, long step)
    {
        using Scope scope = Scope.Begin("training step");
        Tensor output = model.Call(batch.Inputs);
        Tensor loss = objective.Loss(output, batch.Targets);
        double value = loss.Item();
        if (!double.IsFinite(value)) throw new NonFiniteLossException(FormattableString.Invariant($"training: the loss must stay finite, but it is {value} at epoch {epoch}, step {step}. Hint: lower the learning rate, clip gradients, or look for NaN in the data."));
        if (accumulation is null) loss.Backward();
        else if (loss.LossWeight is null) accumulation.Backward(loss, batch.Count);
        else accumulation.Backward(loss);
        tally.Add(objective, value, output, batch);
    }

    void Step(GradientAccumulation? accumulation, TrainingOptions options)
    {
        using Scope scope = Scope.Begin("training step");
        accumulation?.Finish();
        if (options.MaxGradientNorm is { } norm) GradientClip.ByNorm(optimizer.Parameters, norm);
        optimizer.Step();
        optimizer.ZeroGrad();
        schedule?.Step();
    }
}
