namespace Adjoint.Optim;

/// <summary>Up and down between two rates along straight lines, again and again.</summary>
/// <remarks>The optimizer's own rate does not matter. The momentum stays as it is; by default, PyTorch's CyclicLR moves it against the rate, between 0.9 and 0.8, and goes up for 2000 steps. Source: Smith 2017.</remarks>
/// <param name="Lowest">The rate between two cycles.</param>
/// <param name="Highest">The rate at the top of the first cycle.</param>
/// <param name="StepsUp">The number of steps up.</param>
/// <param name="StepsDown">The number of steps down; as many as up when omitted.</param>
public sealed record Cyclic(double Lowest, double Highest, long StepsUp, long? StepsDown = null) : Schedule
{
    /// <summary>What the height is multiplied by after each cycle; ½ is the "triangular2" policy.</summary>
    public double CycleFactor { get; init; } = 1;

    /// <summary>What the height is multiplied by at each step; below 1 it is the "exp_range" policy.</summary>
    public double StepFactor { get; init; } = 1;

    /// <inheritdoc/>
    public override double At(long step, double rate)
    {
        long length = StepsUp + (StepsDown ?? StepsUp), cycle = step / length, at = step % length;
        double part = at <= StepsUp ? (double)at / StepsUp : (double)(length - at) / (length - StepsUp);
        return Lowest + ((Highest - Lowest) * part * Math.Pow(CycleFactor, cycle) * Math.Pow(StepFactor, step));
    }
}
