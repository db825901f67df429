namespace Adjoint.Optim;

/// <summary>Multiplies the learning rates by a factor when a measure has not become better for some time.</summary>
/// <remarks>Unlike a <see cref="Schedule"/> it depends on what was measured, so a resume needs its <see cref="State"/>.</remarks>
/// <example><code>
/// var plateau = new ReduceOnPlateau(optimizer, patience: 3);
/// plateau.Step(validationLoss);       // once an epoch
/// </code></example>
[PyTorch("torch.optim.lr_scheduler.ReduceLROnPlateau", Differs = "`mode=\"max\"` is `HigherIsBetter`, `threshold_mode=\"abs\"` is `IsAbsolute`.")]
public sealed class ReduceOnPlateau
{
    readonly Optimizer _optimizer;
    readonly double _factor;

    /// <summary>Watches a measure of which less is better, or more with <see cref="HigherIsBetter"/>.</summary>
    /// <param name="optimizer">Whose learning rates are set.</param>
    /// <param name="factor">What the rates are multiplied by, from 0 to below 1.</param>
    /// <param name="patience">How many measurements in a row may bring nothing better.</param>
    /// <exception cref="ArgumentException">The factor is not from 0 to below 1.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The patience is negative.</exception>
    public ReduceOnPlateau(Optimizer optimizer, double factor = 0.1, long patience = 10)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        if (!(factor is >= 0 and < 1)) throw new ArgumentException($"reduce on plateau: the factor must be from 0 to below 1, but it is {factor}.");
        (_optimizer, _factor, Patience) = (optimizer, factor, patience);
    }

    /// <summary>How many measurements in a row may bring nothing better.</summary>
    public long Patience { get; }

    /// <summary>Whether more of the measure is better, as of an accuracy.</summary>
    public bool HigherIsBetter { get; init; }

    /// <summary>How much better counts: a part of the best measure's size, or with <see cref="IsAbsolute"/> a difference.</summary>
    public double Threshold { get; init; } = 1e-4;

    /// <summary>Whether the threshold is a difference.</summary>
    public bool IsAbsolute { get; init; }

    /// <summary>How many measurements after a reduction do not count.</summary>
    public long Cooldown { get; init; }

    /// <summary>The lowest rate, of a group whose <see cref="ParameterGroup.RateFactor"/> is 1.</summary>
    public double Floor { get; init; }

    /// <summary>The smallest change worth making.</summary>
    public double LeastChange { get; init; } = 1e-8;

    /// <summary>Everything a resume needs: the best measure (null before the first), how many in a row were no better, and how many are still not counted.</summary>
    public (double? Best, long Worse, long Waiting) State { get; set; }

    /// <summary>Takes a measurement, and lowers the rates where it is one too many without progress.</summary>
    /// <remarks>A measurement that is not a number is never better.</remarks>
    /// <returns>Whether the rates were lowered.</returns>
    public bool Step(double measure)
    {
        (double? best, long worse, long waiting) = State;
        if (IsBetter(measure, best)) (best, worse) = (measure, 0);
        else worse++;
        if (waiting > 0) (worse, waiting) = (0, waiting - 1);
        bool reduce = worse > Patience;
        if (reduce)
        {
            foreach (ParameterGroup group in _optimizer.Groups)
            {
                double rate = Math.Max(group.CommonRate * _factor, Floor);
                if (group.CommonRate - rate > LeastChange) group.CommonRate = rate;
            }

            (worse, waiting) = (0, Cooldown);
        }

        State = (best, worse, waiting);
        return reduce;
    }

    bool IsBetter(double measure, double? best)
    {
        if (best is not { } known) return !double.IsNaN(measure);
        double sign = HigherIsBetter ? 1 : -1;
        double goal = IsAbsolute ? known + (sign * Threshold) : known * (1 + (sign * Threshold));
        return HigherIsBetter ? measure > goal : measure < goal;
    }
}
