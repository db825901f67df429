namespace Adjoint.Training;

/// <summary>Weights hardly change in any step of the training, and the loss has hardly fallen.</summary>
internal sealed class LearningRateTooLowDetector : Detector
{
    const int Parts = 10;
    const double LittleOfAWeight = 1e-4, Fall = 0.25;

    static readonly VanishingGradientsDetector Vanishing = new();

    public override Finding? Look(WatchHistory history)
    {
        double[] updates = [.. Updates(history).Where(u => !double.IsNaN(u))], losses = Losses(history, Parts);
        if (updates.Length < 3 || losses.Length == 0) return null;
        // The longest steps of a schedule are what it is judged by.
        double highest = Median(updates.OrderDescending().Take(Math.Max(3, updates.Length / 5)));
        double first = history.Steps.Take(5).Average(s => s.Loss);
        if (!(highest < LittleOfAWeight && losses[^1] > (1 - Fall) * first)) return null;
        // Where gradients vanish, that is why; longer steps would only spoil the last layers.
        if (Vanishing.Look(history) is not null) return null;
        return new(FindingKind.LearningRateTooLow, "The learning rate is too low.",
            $"Even the longest steps change weights by {Text(highest)} of their size (about 0.001 is usual), and the loss has gone from {Text(first)} to {Text(losses[^1])} in {history.Steps[^1].Step} steps.",
            "Raise it by ten and look again; check that no schedule or weight of the loss makes steps short; look at the gradients of the first layers.");
    }
}
