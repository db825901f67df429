namespace Adjoint.Optim;

/// <summary>Down to zero by a power: <c>rate·(1 − step/steps)^power</c>, zero afterwards.</summary>
/// <param name="Steps">The number of steps to zero.</param>
/// <param name="Power">1 is a straight line.</param>
[PyTorch("torch.optim.lr_scheduler.PolynomialLR", Differs = "`total_iters` has no default (PyTorch: 5).")]
public sealed record Polynomial(long Steps, double Power = 1) : Schedule
{
    /// <inheritdoc/>
    public override double At(long step, double rate) => rate * Math.Pow(1 - ((double)Math.Min(step, Steps) / Steps), Power);
}
