namespace Adjoint.Training;

/// <summary>The loss has not fallen below where it began.</summary>
internal sealed class StuckLossDetector : Detector
{
    const double Fall = 0.03, AsGoodAsNothing = 0.01;
    const int Parts = 10;

    public override Finding? Look(WatchHistory history)
    {
        double[] losses = Losses(history, Parts);
        if (losses.Length == 0) return null;
        // Neither a fast training, which falls inside the first part already, nor one that leaps up at once has its beginning there.
        double first = Math.Min(history.Steps[0].Loss, Median(history.Steps.Take(5).Select(s => s.Loss))), lowest = losses.Min();
        if (first < AsGoodAsNothing || lowest < first - (Fall * Math.Abs(first))) return null;
        return new(FindingKind.StuckLoss, "The loss does not fall.",
            $"It began at {Text(first)}; the best tenth of {history.Steps[^1].Step} steps has a mean of {Text(lowest)}, the last one {Text(losses[^1])}.",
            "Try to learn a single batch by heart: if that fails too, look for an error in the loss, the targets or a frozen layer; otherwise raise or lower the learning rate by tens, normalise the inputs, and check the initialisation.");
    }
}
