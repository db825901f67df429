namespace Adjoint.Training;

/// <summary>What arrives at the first layer is a tiny part of what arrives at the last one (Hochreiter 1991; Glorot and Bengio 2010).</summary>
internal sealed class VanishingGradientsDetector : Detector
{
    const double Least = 1e-4;

    public override Finding? Look(WatchHistory history)
    {
        int[] weights = Weights(history);
        if (weights.Length < 3) return null;
        // What stops at a layer without any living unit is that layer's sickness.
        bool isDead = history.Activations.Select((_, i) => Median(history.Samples.Select(s => (double)s.Activations[i].Dead))).Any(d => d == 1);
        foreach ((string when, double[] signals) in Signals(history, weights))
        {
            (double first, double last) = (signals[0], signals[^1]);
            if (!(first < Least * last) || (first == 0 && isDead)) continue;
            return new(FindingKind.VanishingGradients, $"Gradients vanish on their way back: the first of {weights.Length} layers hardly learn.",
                $"What arrives {when} at the layer of '{history.Parameters[weights[0]].Name}' is {Text(first / last)} of what arrives at that of '{history.Parameters[weights[^1]].Name}' (norms {Text(first)} and {Text(last)}); at {signals.Count(g => g < Least * last)} of {weights.Length} layers it is below {Text(Least)} of the last one's.",
                "Use ReLU, GELU or SiLU instead of sigmoid or tanh, with He initialisation; put a normalisation between layers; add residual connections around them; or use fewer layers.");
        }

        return null;
    }
}
