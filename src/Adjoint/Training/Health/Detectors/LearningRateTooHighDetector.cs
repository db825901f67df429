namespace Adjoint.Training;

/// <summary>Weights change by much of their size in every step, and the loss is the worse for it.</summary>
internal sealed class LearningRateTooHighDetector : Detector
{
    const int Parts = 10;
    const double MuchOfAWeight = 0.01, Worse = 1.3, Leap = 3;

    public override Finding? Look(WatchHistory history)
    {
        double[] updates = [.. Updates(history).Where(u => !double.IsNaN(u))];
        bool hasFailed = history.Failure is not null;
        if (updates.Length < (hasFailed ? 1 : 3)) return null;
        double highest = Median(updates.OrderDescending().Take(Math.Max(3, updates.Length / 5)));
        if (!(highest > MuchOfAWeight)) return null;
        double[] losses = Losses(history, Parts);
        double first = history.Steps[0].Loss, lowest = losses.Length > 0 ? losses.Min() : first, now = losses.Length > 0 ? losses[^1] : history.Steps[^1].Loss, peak = history.Steps.Max(s => s.Loss);
        bool isWorse = !(now <= Worse * lowest) && now > lowest + 0.05, hasLeapt = peak > Leap * first && now > 0.9 * first;
        if (!isWorse && !hasLeapt && !hasFailed) return null;
        return new(FindingKind.LearningRateTooHigh, "The learning rate is too high.",
            $"A step changes weights by {Text(highest)} of their size (about 0.001 is usual), and the loss, {Text(first)} at first{(losses.Length > 0 ? $" and {Text(lowest)} at its best" : "")}, {(peak > Leap * first ? $"went up to {Text(peak)} and " : "")}is {(hasFailed ? "not finite" : Text(now))} now.",
            "Lower it by ten and look again; warm it up over the first hundreds of steps; clip gradients.");
    }
}
