namespace Adjoint.Profiling;

/// <summary>What part of a training step an operation belongs to.</summary>
public enum ProfilePhase
{
    /// <summary>Computing results.</summary>
    Forward,

    /// <summary>Computing them again in the backward pass, for a <see cref="Checkpoint"/>.</summary>
    Recomputation,

    /// <summary>Computing gradients.</summary>
    Backward,

    /// <summary>An optimizer's step.</summary>
    Update,
}
