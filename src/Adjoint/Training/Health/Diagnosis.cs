namespace Adjoint.Training;

/// <summary>Looks for every sickness that is known.</summary>
public static class Diagnosis
{
    static readonly Detector[] Detectors =
    [
        new NotFiniteDetector(), new VanishingGradientsDetector(), new ExplodingGradientsDetector(), new DeadUnitsDetector(), new SaturationDetector(),
        new OverfittingDetector(), new StuckLossDetector(), new OscillatingLossDetector(), new LearningRateTooHighDetector(), new LearningRateTooLowDetector(),
    ];

    /// <summary>What is not healthy in a training, the most serious first; empty where nothing is.</summary>
    public static IReadOnlyList<Finding> Of(WatchHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return [.. Detectors.Select(d => d.Look(history)).OfType<Finding>()];
    }
}
