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
    /// <summary>What is trained.</summary>
    public Module<Tensor, Tensor> Model { get; } = model;

    /// <summary>Updates the model's parameters.</summary>
    public Optimizer Optimizer { get; } = optimizer;

    /// <summary>The loss and the count of right answers.</summary>
    public Objective Objective { get; } = objective;

    /// <summary>Sets the learning rate of every step.</summary>
    public LearningRateSchedule? Schedule { get; } = schedule;

    /// <summary>Trains until the epochs are done, the validation score has stopped improving, or <paramref name="cancellation"/> is requested; goes on where it was interrupted with <see cref="TrainingOptions.Resume"/>.</summary>
    /// <param name="train">The batches to learn from; one enumeration an epoch.</param>
    /// <param name="validation">The batches that the best epoch is chosen by; without them it is the last one.</param>
    /// <param name="options">How long and how carefully.</param>
    /// <param name="progress">Told after every batch and every epoch, on the calling thread.</param>
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
        Optimizer.CheckCovers(Model);
        using var run = new FitRun(this, train, validation, options, progress, cancellation);
        return run.Execute();
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
        bool[] modes = [.. Model.Modules().Select(m => m.IsTraining)];
        Model.Eval();
        try
        {
            using NoGrad off = NoGrad.Scope();
            foreach (Batch batch in data.Run(cancellation))
            {
                using Scope scope = Scope.Begin("evaluation step");
                Tensor output = Model.Call(batch.Inputs);
                Tensor loss = Objective.Loss(output, batch.Targets);
                // By what each loss is a mean over: rows in which only some places count weigh less than whole ones.
                tally.Add(Objective, loss.Item(), output, batch, loss.LossWeight);
            }

            return tally.Score;
        }
        finally
        {
            // Not all of a model need be in one mode: a frozen part may stay in evaluation. Outer modules come first, inner ones correct them.
            Model.Train(modes[0]);
            foreach ((Module module, bool mode) in Model.Modules().Zip(modes)) if (module.IsTraining != mode) module.Train(mode);
        }
    }
}
