namespace Adjoint.Training;

/// <summary>Something about a training that is not healthy.</summary>
/// <param name="Kind">Which sickness it is.</param>
/// <param name="What">What was found, in one sentence.</param>
/// <param name="Evidence">The numbers that show it.</param>
/// <param name="Advice">What usually helps.</param>
public sealed record Finding(FindingKind Kind, string What, string Evidence, string Advice)
{
    /// <summary>All three in three lines.</summary>
    public override string ToString() => $"{What}\n  evidence  {Evidence}\n  helps     {Advice}";
}

/// <summary>The sicknesses that are looked for.</summary>
public enum FindingKind
{
    /// <summary>The training ended because a number was not finite.</summary>
    NotFinite,

    /// <summary>Gradients become smaller from layer to layer on their way back, until the first layers hardly learn.</summary>
    VanishingGradients,

    /// <summary>Gradients become larger from layer to layer on their way back, or from step to step.</summary>
    ExplodingGradients,

    /// <summary>Many units of a rectifier are zero for every input.</summary>
    DeadUnits,

    /// <summary>Most results of a sigmoid or tanh lie where it is flat.</summary>
    Saturation,

    /// <summary>The training data is learned by heart: the validation loss rises.</summary>
    Overfitting,

    /// <summary>The loss does not fall.</summary>
    StuckLoss,

    /// <summary>The loss goes up and down instead of falling.</summary>
    OscillatingLoss,

    /// <summary>Steps are too long.</summary>
    LearningRateTooHigh,

    /// <summary>Steps are too short.</summary>
    LearningRateTooLow,
}
