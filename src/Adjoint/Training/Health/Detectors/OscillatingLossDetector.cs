namespace Adjoint.Training;

/// <summary>The mean loss goes up and down by much, and gets nowhere.</summary>
internal sealed class OscillatingLossDetector : Detector
{
    const int Parts = 24;
    const double Swing = 0.15, Detour = 6;

    public override Finding? Look(WatchHistory history)
    {
        double[] losses = Losses(history, Parts);
        if (losses.Length == 0) return null;
        double[] late = losses[(Parts / 3)..];      // after a beginning that may be rough
        double[] moves = [.. late.Zip(late[1..], (a, b) => b - a)];
        double swing = Median(moves.Select(Math.Abs)) / late.Average(Math.Abs);
        double way = moves.Sum(Math.Abs), gained = Math.Max(late[0] - late[^1], 0);
        int turns = moves.Zip(moves[1..], (a, b) => a * b < 0 ? 1 : 0).Sum();
        if (!(swing > Swing && way > Detour * gained && turns >= moves.Length / 3)) return null;
        return new(FindingKind.OscillatingLoss, "The loss goes up and down instead of falling.",
            $"Over the last two thirds of the training its means over {history.Steps[^1].Step / Parts} steps turned {turns} times, by {Percent(swing)} of their size each time; they are {Text(late.Min())} to {Text(late.Max())}.",
            "Lower the learning rate (by three, then by ten), or let it fall over the training; use larger batches; clip gradients.");
    }
}
