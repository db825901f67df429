namespace Adjoint.Training;

/// <summary>Gradients grow from layer to layer on their way back, or from step to step (Pascanu et al. 2013).</summary>
internal sealed class ExplodingGradientsDetector : Detector
{
    const double MostByDepth = 1e3, MostByTime = 100;

    public override Finding? Look(WatchHistory history) => ByDepth(history) ?? ByTime(history);

    static Finding? ByDepth(WatchHistory history)
    {
        int[] weights = Weights(history);
        if (weights.Length < 3) return null;
        foreach ((string when, double[] signals) in Signals(history, weights))
        {
            (double first, double last) = (signals[0], signals[^1]);
            if (first > MostByDepth * last)
                return Found("from layer to layer on their way back", $"What arrives {when} at the layer of '{history.Parameters[weights[0]].Name}' is {Text(first / last)} times what arrives at that of '{history.Parameters[weights[^1]].Name}' (norms {Text(first)} and {Text(last)}).");
        }

        return null;
    }

    static Finding? ByTime(WatchHistory history)
    {
        (long Step, double Norm, double Loss)[] norms = [.. history.Steps.Where(s => s.GradientNorm is not null).Select(s => (s.Step, s.GradientNorm!.Value, s.Loss))];
        if (norms.Length < 10) return null;
        double begin = Median(norms.Take(norms.Length / 3).Select(n => n.Norm)), end = Median(norms.TakeLast(3).Select(n => n.Norm));
        double lossBefore = Median(norms.Take(norms.Length / 3).Select(n => n.Loss)), lossNow = Median(norms.TakeLast(3).Select(n => n.Loss));
        // Gradients also grow where a training goes well: from a flat beginning. What explodes takes the loss with it.
        if (!(end > MostByTime * begin && lossNow > lossBefore)) return null;
        return Found("from step to step", $"The norm of all gradients was {Text(begin)} in the first third of the training and is {Text(end)} at step {norms[^1].Step}, while the loss went from {Text(lossBefore)} to {Text(lossNow)}.");
    }

    static Finding Found(string how, string evidence) => new(FindingKind.ExplodingGradients, $"Gradients explode {how}.", evidence,
        "Clip gradients (a norm of 1.0 is usual); lower the learning rate or warm it up; initialise weights smaller (He or Xavier, and 1/sqrt(2·layers) for what residual branches add); put a normalisation between layers.");
}
