namespace Adjoint;

/// <summary>A number that is not finite arose under a <see cref="NanGuard"/>; the message says what made it first.</summary>
/// <param name="message">What was computed, where, and from what.</param>
/// <param name="operation">The operation or optimizer.</param>
/// <param name="place">Where it was called.</param>
public sealed class NonFiniteException(string message, string operation, CallPlace? place) : InvalidOperationException(message)
{
    /// <summary>The operation or optimizer that made the number, or that met it first.</summary>
    public string Operation { get; } = operation;

    /// <summary>The call of the operation; of a gradient, the call in the forward pass.</summary>
    public CallPlace? Place { get; } = place;
}
