namespace Adjoint.Ops;

/// <summary>What an LSTM cell shows of its memory: <c>h = σ(o)·tanh(c)</c>.</summary>
/// <remarks>Inputs: the sum o before its function, and the memory c. Saves both.</remarks>
[NotInPyTorch("a step of the LSTM")]
internal sealed record LstmOutput : Elementwise, ISampled
{
    internal static LstmOutput Instance { get; } = new();

    /// <inheritdoc/>
    protected override Formula Rule => Formula.Of((o, c) => Vocabulary.Sigmoid(o) * Math.Tanh(c));

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random) => Cells.Samples(Instance, random, 2);
}
