namespace Adjoint.Training;

/// <summary>Why a training ended.</summary>
public enum TrainingEnd
{
    /// <summary>All epochs are done.</summary>
    Finished,

    /// <summary>The validation score did not improve for <see cref="TrainingOptions.Patience"/> epochs.</summary>
    StoppedEarly,

    /// <summary>The cancellation token was used.</summary>
    Cancelled,

    /// <summary><see cref="TrainingOptions.MaxSteps"/> or <see cref="TrainingOptions.MaxTime"/> was reached.</summary>
    OutOfBudget,
}
