namespace Adjoint.Conformance;

/// <summary>The case asks for something that is not built yet.</summary>
public sealed class SkippedException(string what) : Exception(what);
