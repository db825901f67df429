namespace Adjoint.Training;

/// <summary>Units of a rectifier that are zero for all rows, step after step: no gradient reaches their weights (Maas et al. 2013).</summary>
internal sealed class DeadUnitsDetector : Detector
{
    const double Most = 0.5;

    public override Finding? Look(WatchHistory history)
    {
        LayerSample[] latest = Latest(history);
        if (latest.Length == 0) return null;
        (string Name, double Dead)[] sick = [.. history.Activations.Select((a, i) => (a.Name, Dead: latest.Min(s => (double)s.Activations[i].Dead))).Where(a => a.Dead >= Most).OrderByDescending(a => a.Dead)];
        if (sick.Length == 0) return null;
        return new(FindingKind.DeadUnits, $"Units are dead: {(sick.Length == 1 ? $"in '{sick[0].Name}'" : $"in {sick.Length} layers")} they are zero for every row of a batch.",
            $"Dead in each of the last {latest.Length} samples: {List([.. sick.Select(s => $"{Percent(s.Dead)} of '{s.Name}'")])}.",
            "Begin with biases of zero and He initialisation; lower the learning rate, which may have thrown them there; use LeakyReLU, GELU or SiLU; put a normalisation before the activation.");
    }
}
