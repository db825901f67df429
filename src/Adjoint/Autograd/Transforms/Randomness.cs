namespace Adjoint;

/// <summary>What drawing random numbers means inside a mapped function.</summary>
public enum Randomness
{
    /// <summary>It is an error: the two other meanings differ, and neither is obvious.</summary>
    Error,

    /// <summary>Each item has numbers of its own.</summary>
    Different,

    /// <summary>All items see the same numbers: what a loop would give that restores the generator before each item.</summary>
    Same,
}
