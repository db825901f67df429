namespace Adjoint.Training;

/// <summary>The loss became NaN or infinite; nothing useful can follow.</summary>
public sealed class NonFiniteLossException(string message) : InvalidOperationException(message);
