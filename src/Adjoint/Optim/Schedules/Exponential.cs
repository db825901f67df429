namespace Adjoint.Optim;

/// <summary>Multiplied by <paramref name="Factor"/> at every step: <c>rate·factor^step</c>.</summary>
/// <param name="Factor">What each step multiplies by.</param>
[PyTorch("torch.optim.lr_scheduler.ExponentialLR")]
public sealed record Exponential(double Factor) : Schedule
{
    /// <inheritdoc/>
    public override double At(long step, double rate) => rate * Math.Pow(Factor, step);
}
