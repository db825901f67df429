namespace Adjoint.Optim;

/// <summary>A straight line from <c>start·rate</c> to <c>end·rate</c> over a number of steps, constant afterwards.</summary>
/// <param name="Steps">The number of steps to the end.</param>
/// <param name="Start">The factor at step 0.</param>
/// <param name="End">The factor at the end.</param>
[PyTorch("torch.optim.lr_scheduler.LinearLR", Differs = "`total_iters` has no default (PyTorch: 5).")]
public sealed record LinearRate(long Steps, double Start = 1.0 / 3, double End = 1) : Schedule
{
    /// <inheritdoc/>
    public override double At(long step, double rate) => rate * (Start + ((End - Start) * Math.Min(step, Steps) / Steps));
}
