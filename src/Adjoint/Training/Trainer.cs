using System.Diagnostics;
using Adjoint.Data;
using Adjoint.Nn;
using Adjoint.Optim;

namespace Adjoint.Training;

/// <summary>Trains a model over epochs and mini-batches, watches a validation score, and leaves the best weights in the model.</summary>
/// <remarks>Each step is a <see cref="Scope"/>, so that memory stays flat. Source of early stopping: Prechelt 1998.</remarks>
/// <param name="model">What is trained.</param>
/// <param name="optimizer">Updates the model's parameters.</param>
/// <param name="objective">The loss and the count of right answers.</param>
/// <param name="schedule">Sets the learning rate before every step; null leaves it.</param>
public sealed class Trainer(Module model, Optimizer optimizer, Objective objective, LearningRateSchedule? schedule = null)
{
    /// <summary>Trains until the epochs are done, the validation score has stopped improving, or <paramref name="cancellation"/> is requested.</summary>
    /// <returns>The history; the model holds the weights of the best epoch (of the last one without validation data).</returns>
    /// <exception cref="ArgumentException">There is nothing to train on, or an option is out of range.</exception>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite.</exception>
    public TrainingResult Fit(DataLoader train, DataLoader? validation = null, TrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        options ??= new();
        if (options.Epochs < 1) throw new ArgumentException($"training: epochs must be at least 1, but it is {options.Epochs}.");
        if (options.Patience is < 1) throw new ArgumentException($"training: patience must be at least 1, but it is {options.Patience}.");
        var clock = Stopwatch.StartNew();
        var history = new List<EpochRecord>();
        using var best = new BestWeights(model);
        TrainingEnd end = TrainingEnd.Finished;
        for (int epoch = 1; epoch <= options.Epochs; epoch++)
        {
            if (RunEpoch(epoch, train, validation, options, best, progress, cancellation) is not { } record)
            {
                end = TrainingEnd.Cancelled;
                break;
            }

            history.Add(record);
            if (validation is not null && options.Patience is { } patience && epoch - best.Record!.Epoch >= patience)
            {
                end = TrainingEnd.StoppedEarly;
                break;
            }
        }

        best.Restore();
        return new(history, best.Record, end, clock.Elapsed.TotalSeconds);
    }

    /// <summary><see cref="Fit"/> on a thread of its own.</summary>
    public Task<TrainingResult> FitAsync(DataLoader train, DataLoader? validation = null, TrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default) =>
        Task.Factory.StartNew(() => Fit(train, validation, options, progress, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>The score over a data set, with the model in evaluation mode and nothing recorded.</summary>
    /// <exception cref="OperationCanceledException">The cancellation token was used.</exception>
    public Score Evaluate(DataLoader data, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        bool training = model.IsTraining;
        model.Eval();
        try
        {
            using NoGrad off = NoGrad.Scope();
            var tally = new Tally();
            foreach (Batch batch in data)
            {
                cancellation.ThrowIfCancellationRequested();
                using Scope scope = Scope.Begin("evaluation step");
                Tensor output = model.Call(batch.Inputs);
                tally.Add(objective, objective.Loss(output, batch.Targets).Item(), output, batch);
            }

            return tally.Score;
        }
        finally
        {
            if (training) model.Train();
        }
    }

    EpochRecord? RunEpoch(int epoch, DataLoader train, DataLoader? validation, TrainingOptions options, BestWeights best, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var tally = new Tally();
        long step = 0, steps = train.BatchCount;
        model.Train();
        foreach (Batch batch in train)
        {
            if (cancellation.IsCancellationRequested) return null;
            Step(batch, tally, options, $"epoch {epoch}, step {step + 1}");
            progress?.Report(new(epoch, options.Epochs, ++step, steps, tally.Score, tally.Rows / clock.Elapsed.TotalSeconds, null));
        }

        double rate = tally.Rows / clock.Elapsed.TotalSeconds;
        Score? score = null;
        try
        {
            if (validation is not null) score = Evaluate(validation, cancellation);
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        EpochRecord record = best.Consider(new(epoch, tally.Score, score, optimizer.LearningRate, clock.Elapsed.TotalSeconds, IsBest: false));
        progress?.Report(new(epoch, options.Epochs, step, steps, tally.Score, rate, record));
        return record;
    }

    void Step(Batch batch, Tally tally, TrainingOptions options, string where)
    {
        using Scope scope = Scope.Begin("training step");
        Tensor output = model.Call(batch.Inputs);
        Tensor loss = objective.Loss(output, batch.Targets);
        double value = loss.Item();
        if (!double.IsFinite(value)) throw new NonFiniteLossException($"training: the loss must stay finite, but it is {value} at {where}. Hint: lower the learning rate, clip gradients, or look for NaN in the data.");
        optimizer.ZeroGrad();
        loss.Backward();
        if (options.MaxGradientNorm is { } norm) GradientClip.ByNorm(optimizer.Parameters, norm);
        schedule?.Step();
        optimizer.Step();
        tally.Add(objective, value, output, batch);
    }

    /// <summary>Sums over batches, so that a short last batch does not count as a whole one.</summary>
    sealed class Tally
    {
        double _loss;
        long? _correct;

        public long Rows { get; private set; }

        public Score Score => new(Rows == 0 ? double.NaN : _loss / Rows, Rows == 0 || _correct is null ? null : (double)_correct.Value / Rows, Rows);

        public void Add(Objective objective, double loss, Tensor output, Batch batch)
        {
            long rows = batch.Inputs.Shape[0];
            Rows += rows;
            _loss += loss * rows;
            if (objective.CountCorrect is null) return;
            using NoGrad off = NoGrad.Scope();
            _correct = (_correct ?? 0) + objective.CountCorrect(output, batch.Targets);
        }
    }
}

/// <summary>The loss became NaN or infinite; nothing useful can follow.</summary>
public sealed class NonFiniteLossException(string message) : InvalidOperationException(message);
