namespace Adjoint.Optim;

/// <summary>Up to <paramref name="Highest"/> and down to almost nothing, once over the whole training, along cosines.</summary>
/// <remarks>From <c>highest/25</c> up during the first 30 % of the steps, then down to <c>highest/25/10⁴</c>; the optimizer's own rate does not matter. The momentum stays as it is; by default, PyTorch's OneCycleLR moves it against the rate, from 0.95 to 0.85 and back. Source: Smith and Topin 2018.</remarks>
/// <param name="Highest">The highest rate.</param>
/// <param name="Steps">The number of steps of the whole training.</param>
public sealed record OneCycle(double Highest, long Steps) : Schedule
{
    /// <summary>The part of the steps that goes up.</summary>
    public double Rise { get; init; } = 0.3;

    /// <summary>The first rate is the highest divided by this.</summary>
    public double StartDivisor { get; init; } = 25;

    /// <summary>The last rate is the first divided by this.</summary>
    public double EndDivisor { get; init; } = 1e4;

    /// <summary>Whether along straight lines instead of cosines.</summary>
    public bool Straight { get; init; }

    /// <summary>Whether the way down first mirrors the way up, to the first rate, and only then goes on to the last one.</summary>
    public bool ThreePhases { get; init; }

    /// <inheritdoc/>
    public override double At(long step, double rate)
    {
        double first = Highest / StartDivisor, last = first / EndDivisor;
        double peak = (Rise * Steps) - 1, end = Steps - 1, at = Math.Min(step, end);
        if (ThreePhases && at > peak)
        {
            double mirrored = (2 * Rise * Steps) - 2;
            return at <= mirrored ? Between(Highest, first, (at - peak) / (mirrored - peak)) : Between(first, last, (at - mirrored) / (end - mirrored));
        }

        return at <= peak ? Between(first, Highest, at / peak) : Between(Highest, last, (at - peak) / (end - peak));
    }

    double Between(double start, double end, double part) => Straight ? start + ((end - start) * part) : Cosine.Between(start, end, part);
}
