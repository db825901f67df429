namespace Adjoint.Optim;

/// <summary>Half a cosine down: <c>floor + (rate − floor)·(1 + cos(π·step/steps))/2</c>.</summary>
/// <remarks>Beyond <paramref name="Steps"/> the cosine goes up again, and so on; end it with <see cref="Schedule.Then"/> where that is not wanted. Source: Loshchilov and Hutter 2017, eq. 5.</remarks>
/// <param name="Steps">The number of steps to the lowest rate.</param>
/// <param name="Floor">The lowest rate.</param>
[PyTorch("torch.optim.lr_scheduler.CosineAnnealingLR")]
public sealed record Cosine(long Steps, double Floor = 0) : Schedule
{
    /// <inheritdoc/>
    public override double At(long step, double rate) => Between(rate, Floor, (double)step / Steps);

    /// <summary>From one value at 0 to another at 1, along a cosine.</summary>
    internal static double Between(double start, double end, double part) => end + ((start - end) * (1 + Math.Cos(Math.PI * part)) / 2);
}
