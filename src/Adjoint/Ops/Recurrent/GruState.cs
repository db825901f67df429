namespace Adjoint.Ops;

/// <summary>The next state of a GRU cell: <c>h' = n + σ(a + b)·(h − n)</c>.</summary>
/// <remarks>Inputs: a from x and b from the state, whose sum says how much of the state is kept; the candidate n; the state h. Saves all four.</remarks>
[NotInPyTorch("a step of the GRU")]
internal sealed record GruState : Elementwise, ISampled
{
    internal static GruState Instance { get; } = new();

    /// <inheritdoc/>
    protected override Formula Rule => Formula.Of((a, b, n, h) => n + (Vocabulary.Sigmoid(a + b) * (h - n)));

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random) => Cells.Samples(Instance, random, 4);
}
