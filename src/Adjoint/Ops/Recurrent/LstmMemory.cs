namespace Adjoint.Ops;

/// <summary>What an LSTM cell remembers next: <c>c' = σ(f)·c + σ(i)·tanh(g)</c>.</summary>
/// <remarks>Inputs: the sums i, f, g before their functions, and the memory c. One pass over memory. Saves all four.</remarks>
[NotInPyTorch("a step of the LSTM")]
internal sealed record LstmMemory : Elementwise, ISampled
{
    internal static LstmMemory Instance { get; } = new();

    /// <inheritdoc/>
    protected override Formula Rule => Formula.Of((i, f, g, c) => (Vocabulary.Sigmoid(f) * c) + (Vocabulary.Sigmoid(i) * Math.Tanh(g)));

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random) => Cells.Samples(Instance, random, 4);
}
