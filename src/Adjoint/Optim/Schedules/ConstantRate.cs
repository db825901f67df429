namespace Adjoint.Optim;

/// <summary>The same rate at every step: <c>rate·factor</c>.</summary>
/// <param name="Factor">What the starting rate is multiplied by.</param>
public sealed record ConstantRate(double Factor = 1) : Schedule
{
    /// <inheritdoc/>
    public override double At(long step, double rate) => rate * Factor;
}
