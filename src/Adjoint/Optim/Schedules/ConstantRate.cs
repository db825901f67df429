namespace Adjoint.Optim;

/// <summary>The same rate at every step: <c>rate·factor</c>.</summary>
/// <remarks>PyTorch's ConstantLR has the factor ⅓ by default and ends after 5 steps: <c>new ConstantRate(1.0 / 3).Then(5, new ConstantRate())</c>.</remarks>
/// <param name="Factor">What the starting rate is multiplied by.</param>
public sealed record ConstantRate(double Factor = 1) : Schedule
{
    /// <inheritdoc/>
    public override double At(long step, double rate) => rate * Factor;
}
