using Adjoint.Nn;
using Adjoint.Optim;

namespace Adjoint.Training;

/// <summary>Takes part in a training: is called at its beginning, around every step and epoch, and at its end, on the training thread.</summary>
/// <remarks>
/// Override what is needed. An exception ends the training. A callback that remembers something gives <see cref="State"/>, and a resumed training has it again.
/// To look only, <see cref="IProgress{T}"/> is enough.
/// </remarks>
/// <example><code>
/// sealed class StopAt(double loss) : TrainingCallback
/// {
///     public override void StepEnded(TrainingContext training, StepRecord step)
///     {
///         if (step.Loss &lt; loss) training.Stop();
///     }
/// }
/// </code></example>
public abstract class TrainingCallback
{
    /// <summary>What a checkpoint saves of this callback; null where there is nothing to go on with. A name that no other callback of the training has, see <see cref="TrainingState.Add(string, IStatePart)"/>.</summary>
    public virtual (string Name, IStatePart Part)? State => null;

    /// <summary>The training begins or goes on; a checkpoint has been restored.</summary>
    public virtual void Started(TrainingContext training)
    {
    }

    /// <summary>A step begins: nothing of it has been computed yet.</summary>
    public virtual void StepStarting(TrainingContext training)
    {
    }

    /// <summary>The optimizer has taken a step, or left it out; gradients, clipped, are still there.</summary>
    public virtual void StepEnded(TrainingContext training, StepRecord step)
    {
    }

    /// <summary>An epoch was judged; its checkpoint comes next.</summary>
    public virtual void EpochEnded(TrainingContext training, EpochRecord epoch)
    {
    }

    /// <summary>The training is over; the model holds the best weights.</summary>
    public virtual void Ended(TrainingContext training, TrainingResult result)
    {
    }

    /// <summary>The training ends with an exception.</summary>
    public virtual void Failed(TrainingContext training, Exception exception)
    {
    }
}

/// <summary>The training that a callback takes part in.</summary>
public sealed class TrainingContext
{
    readonly FitState _fit;

    internal TrainingContext(Trainer trainer, TrainingOptions options, long stepsPerEpoch, FitState fit) => (Model, Optimizer, Options, StepsPerEpoch, _fit) = (trainer.Model, trainer.Optimizer, options, stepsPerEpoch, fit);

    /// <summary>What is trained.</summary>
    public Module<Tensor, Tensor> Model { get; }

    /// <summary>What trains it.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>How long and how carefully.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Steps of the optimizer in a whole epoch.</summary>
    public long StepsPerEpoch { get; }

    /// <summary>Steps that there will be at most.</summary>
    public long MostSteps => Math.Min(Options.MaxSteps ?? long.MaxValue, (long)Math.Min((double)StepsPerEpoch * Options.Epochs, long.MaxValue));

    /// <summary>Finished steps, those before a resume too.</summary>
    public long Steps => _fit.Steps;

    /// <summary>Finished epochs, those before a resume too.</summary>
    public IReadOnlyList<EpochRecord> History => _fit.History;

    internal bool IsStopped { get; private set; }

    /// <summary>Ends the training after this step as <see cref="TrainingEnd.StoppedEarly"/>; what was begun is judged like a whole epoch.</summary>
    public void Stop() => IsStopped = true;
}
