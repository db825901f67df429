namespace Adjoint.Training;

/// <summary>The training ended with an exception about a number that is not finite.</summary>
internal sealed class NotFiniteDetector : Detector
{
    public override Finding? Look(WatchHistory history)
    {
        if (history.Failure is not { } failure || !(failure.Contains("finite", StringComparison.Ordinal) || failure.Contains("NaN", StringComparison.Ordinal))) return null;
        double[] norms = [.. history.Steps.TakeLast(50).Select(s => s.GradientNorm).OfType<double>()];
        string before = history.Steps is [var first, .., var last] ? $" The loss was {Text(first.Loss)} at step {first.Step} and {Text(last.Loss)} at step {last.Step}{(norms.Length > 0 ? $"; gradient norms were up to {Text(norms.Max())}" : "")}." : "";
        return new(FindingKind.NotFinite, "The training ended because a number was not finite.", failure + before,
            "Begin with a learning rate ten times smaller, or warm it up; clip gradients (1.0 is usual); train once with the NaN guard, which names the operation that made the first NaN; look for NaN and for numbers of great size in the data.");
    }
}
