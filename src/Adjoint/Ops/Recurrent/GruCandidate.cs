namespace Adjoint.Ops;

/// <summary>The state that a GRU cell considers: <c>n = tanh(aₙ + σ(aᵣ + bᵣ)·bₙ)</c>.</summary>
/// <remarks>Inputs: aᵣ and bᵣ, aₙ and bₙ, where a comes from x and b from the state. Saves all four.</remarks>
[NotInPyTorch("a step of the GRU")]
internal sealed record GruCandidate : Elementwise, ISampled
{
    internal static GruCandidate Instance { get; } = new();

    /// <inheritdoc/>
    protected override Formula Rule => Formula.Of((ar, br, an, bn) => Math.Tanh(an + (Vocabulary.Sigmoid(ar + br) * bn)));

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random) => Cells.Samples(Instance, random, 4);
}
