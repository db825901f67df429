using System.Diagnostics;
using Adjoint.Data;
using Adjoint.Optim;

namespace Adjoint.Training;

/// <summary>One call of <see cref="Trainer.Fit"/>: epochs of steps, judged and saved.</summary>
internal sealed class FitRun : IDisposable
{
    readonly Trainer _trainer;
    readonly DataLoader _train;
    readonly DataLoader? _validation;
    readonly TrainingOptions _options;
    readonly IProgress<TrainingProgress>? _progress;
    readonly CancellationToken _cancellation;
    readonly FitState _fit;
    readonly BestWeights _best;
    readonly ExponentialMovingAverage? _average;
    readonly TrainingStep _step;
    readonly TrainingState _state;
    readonly TrainingContext _context;
    long _saved;

    public FitRun(Trainer trainer, DataLoader train, DataLoader? validation, TrainingOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        (_trainer, _train, _validation, _options, _progress, _cancellation) = (trainer, train, validation, options, progress, cancellation);
        _fit = new(train.State);
        _best = new(trainer.Model);
        _average = options.AverageDecay is { } decay ? new(trainer.Model, decay) { WarmUp = true } : null;
        _step = new(trainer, options, _fit);
        _context = new(trainer, options, (train.Batches + options.AccumulateBatches - 1) / options.AccumulateBatches, _fit);
        _state = Whole();
    }

    bool HasStalled => _fit.History is [.., var last] && last.Epoch - _fit.Best!.Epoch >= _options.Patience;

    bool IsSpent => _fit.Steps >= _options.MaxSteps || _fit.AllSeconds >= _options.MaxTime?.TotalSeconds;

    public TrainingResult Execute()
    {
        var clock = Stopwatch.StartNew();
        if (_options.Resume) _options.Checkpoints!.Restore(_state);
        _saved = _fit.Steps;
        if (!_trainer.Model.IsTraining) _trainer.Model.Train();
        // Outside of what callbacks observe: they hear of a failure before it ends.
        using NanGuard? guard = _options.NanGuard ? new NanGuard() : null;
        try
        {
            Tell(c => c.Started(_context));
            TrainingEnd end = RunEpochs();
            _options.Checkpoints?.Wait();
            _best.PutBack();
            var result = new TrainingResult(_fit.History, _fit.Best, end, clock.Elapsed.TotalSeconds);
            Tell(c => c.Ended(_context, result));
            return result;
        }
        catch (Exception e)
        {
            Settle();
            Tell(c => c.Failed(_context, e));
            throw;
        }
    }

    public void Dispose() => _best.Dispose();

    /// <summary>Nobody leaves a folder that is still written to. Why the training ended is what is to be told, and not that this failed too.</summary>
    void Settle()
    {
        try
        {
            _options.Checkpoints?.Wait();
        }
        catch (IOException)
        {
        }
    }

    TrainingEnd RunEpochs()
    {
        try
        {
            while (_fit.Epoch <= _options.Epochs && !HasStalled && !IsSpent && !_context.IsStopped) RunEpoch();
            return HasStalled || _context.IsStopped ? TrainingEnd.StoppedEarly : _fit.Epoch > _options.Epochs ? TrainingEnd.Finished : TrainingEnd.OutOfBudget;
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            if (_fit.Steps > _saved) Save(isBest: false);
            return TrainingEnd.Cancelled;
        }
    }

    void RunEpoch()
    {
        var clock = Stopwatch.StartNew();
        (double before, long rowsBefore, long batch) = (_fit.Seconds, _fit.Tally.Rows, _fit.Batch);
        StepRecord? step = null;
        _step.Clear();
        LoaderState at = _fit.Reached;
        // A step of several batches is finished before anybody is listened to.
        bool isWhole = _options.AccumulateBatches == 1;
        foreach (Batch rows in _train.Run(isWhole ? _cancellation : CancellationToken.None))
        {
            if (_step.Parts == 0) Tell(c => c.StepStarting(_context));
            _step.Add(rows, ++batch);
            at = _train.State;
            if (_step.Parts == _options.AccumulateBatches) Take();
            Report(batch, Rate(), step, null);
            if (_fit.Batch == batch && batch < _train.Batches && (IsSpent || _context.IsStopped)) break;
        }

        if (_step.Parts > 0) Take();
        // A training that is allowed more later goes on in the middle of this epoch.
        if (batch < _train.Batches && _fit.Steps > _saved) Save(isBest: false);
        double rate = Rate();
        EpochRecord record = Judge(before, clock);
        _fit.History.Add(record);
        if (record.IsBest) _fit.Best = record;
        Tell(c => c.EpochEnded(_context, record));
        if (batch == _train.Batches)
        {
            (_fit.Epoch, _fit.Batch, _fit.Seconds, _fit.Tally, _fit.Reached) = (_fit.Epoch + 1, 0, 0, new(), _train.State);
            Save(record.IsBest);
        }

        Report(batch, rate, step, record);

        double Rate() => (_fit.Tally.Rows - rowsBefore) / clock.Elapsed.TotalSeconds;

        void Take()
        {
            step = _step.Take();
            if (step.IsTaken) _average?.Update();
            Tell(c => c.StepEnded(_context, step));
            _step.Clear();
            _trainer.Schedule?.Step();
            (_fit.Steps, _fit.Batch, _fit.Seconds, _fit.Reached) = (_fit.Steps + 1, batch, before + clock.Elapsed.TotalSeconds, at);
            if (_fit.Steps % _options.CheckpointEvery == 0) Save(isBest: false);
            if (!isWhole) _cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The epoch's record; its weights are kept if they are the best.</summary>
    EpochRecord Judge(double before, Stopwatch clock)
    {
        using IDisposable? averaged = _average?.Use();
        using PrecisionScope precision = _options.Precision.Scope();
        Score? score = _validation is null ? null : _trainer.Evaluate(_validation, _cancellation);
        EpochRecord record = _best.Consider(new(_fit.Epoch, _fit.Tally.Score, score, _trainer.Optimizer.LearningRate, before + clock.Elapsed.TotalSeconds, IsBest: false, _step.Scaler?.Scale, _step.Scaler?.Skipped ?? _fit.Skipped.All), _fit.Best);
        if (record.IsBest && _options.BestModel is { } path) ModelFile.Save(path, _trainer.Model, _options.Metadata);
        return record;
    }

    void Report(long batch, double rate, StepRecord? step, EpochRecord? completed)
    {
        // At an epoch's end the state is already that of the next.
        int epoch = completed?.Epoch ?? _fit.Epoch;
        _progress?.Report(new(epoch, _options.Epochs, batch, _train.Batches, completed?.Train ?? _fit.Tally.Score, rate, completed, _fit.History, step));
    }

    void Save(bool isBest)
    {
        _options.Checkpoints?.Save(_state, _fit.Steps, isBest);
        _saved = _fit.Steps;
    }

    /// <summary>All that goes into a checkpoint.</summary>
    TrainingState Whole()
    {
        var state = new TrainingState { { "model", _trainer.Model }, { "optimizer", _trainer.Optimizer } };
        if (_trainer.Schedule is { } schedule) state.Add("schedule", schedule);
        if (_average is not null) state.Add("average", _average);
        if (_step.Scaler is { } scaler) state.Add("scaler", scaler);
        state.Add("data", new LoaderPart(_train, () => _fit.Reached));
        state.Add("best", _best);
        state.Add("training", _fit);
        foreach (TrainingCallback callback in _options.Callbacks) if (callback.State is { } own) state.Add(own.Name, own.Part);
        return state;
    }

    void Tell(Action<TrainingCallback> what)
    {
        foreach (TrainingCallback callback in _options.Callbacks) what(callback);
    }
}
