namespace Adjoint.Optim;

/// <summary>Half a cosine down again and again, each <paramref name="Growth"/> times as long as the one before.</summary>
/// <remarks>Source: Loshchilov and Hutter 2017, eq. 5.</remarks>
/// <param name="Steps">The length of the first cosine.</param>
/// <param name="Growth">How much longer each next one is.</param>
/// <param name="Floor">The lowest rate.</param>
[PyTorch("torch.optim.lr_scheduler.CosineAnnealingWarmRestarts", Differs = "`T_0`, `T_mult`, `eta_min` are `Steps`, `Growth`, `Floor`.")]
public sealed record CosineWarmRestarts(long Steps, long Growth = 1, double Floor = 0) : Schedule
{
    /// <inheritdoc/>
    public override double At(long step, double rate)
    {
        long length = Steps;
        if (Growth <= 1) step %= length;
        else
        {
            for (; step >= length; length *= Growth) step -= length;
        }

        return Cosine.Between(rate, Floor, (double)step / length);
    }
}
