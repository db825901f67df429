namespace Adjoint.Optim;

/// <summary>Multiplied by a factor at each of several steps.</summary>
/// <param name="Factor">What each change multiplies by.</param>
/// <param name="Milestones">The steps at which the rate changes.</param>
[PyTorch("torch.optim.lr_scheduler.MultiStepLR", Differs = "The factor comes first and has no default (PyTorch: 0.1).")]
public sealed record MultiStep(double Factor, params IReadOnlyList<long> Milestones) : Schedule
{
    /// <inheritdoc/>
    public override double At(long step, double rate) => rate * Math.Pow(Factor, Milestones.Count(m => m <= step));
}
