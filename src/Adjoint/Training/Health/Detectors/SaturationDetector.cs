namespace Adjoint.Training;

/// <summary>Results of a sigmoid or tanh that lie where its slope is gone (LeCun et al. 1998).</summary>
internal sealed class SaturationDetector : Detector
{
    const double Most = 0.6;

    public override Finding? Look(WatchHistory history)
    {
        LayerSample[] latest = Latest(history);
        if (latest.Length == 0) return null;
        (string Name, double Share)[] sick = [.. history.Activations.Select((a, i) => (a.Name, Share: Median(latest.Select(s => (double)s.Activations[i].Saturated)))).Where(a => a.Share >= Most).OrderByDescending(a => a.Share)];
        if (sick.Length == 0) return null;
        return new(FindingKind.Saturation, $"Activations are saturated: {(sick.Length == 1 ? $"'{sick[0].Name}' has" : $"{sick.Length} layers have")} hardly any slope left.",
            $"The slope is below 5 % of its greatest for {List([.. sick.Select(s => $"{Percent(s.Share)} of '{s.Name}'")])} (middle of the last {latest.Length} samples).",
            "Normalise the inputs; initialise weights smaller (Xavier); put a normalisation before the activation; lower the learning rate; use ReLU, GELU or SiLU.");
    }
}
