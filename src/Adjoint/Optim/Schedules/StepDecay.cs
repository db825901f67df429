namespace Adjoint.Optim;

/// <summary>Multiplied by <paramref name="Factor"/> every <paramref name="Every"/> steps: <c>rate·factor^⌊step/every⌋</c>.</summary>
/// <param name="Every">The number of steps between two changes.</param>
/// <param name="Factor">What each change multiplies by.</param>
[PyTorch("torch.optim.lr_scheduler.StepLR")]
public sealed record StepDecay(long Every, double Factor = 0.1) : Schedule
{
    /// <inheritdoc/>
    public override double At(long step, double rate) => rate * Math.Pow(Factor, step / Every);
}
