namespace Adjoint.Cli;

/// <summary>The command line asks for something that does not exist; one sentence says what does.</summary>
internal sealed class UsageException(string message) : Exception(message);
