namespace Adjoint.Nn;

/// <summary>Recurrent layers one upon the other, in one direction or both: what <see cref="Lstm"/>, <see cref="Gru"/> and <see cref="Rnn"/> have in common.</summary>
/// <remarks>In both directions, a layer's output is the forward h beside the backward h: [B, T, 2H].</remarks>
/// <typeparam name="TOut">The output of every time step and the final states.</typeparam>
public abstract class Recurrent<TOut> : Module<Tensor, TOut>
{
    private protected Recurrent(int gates, long inputs, long hidden, Generator random, int layers, bool bidirectional, bool bias, double dropout, DType dtype)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hidden);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layers);
        (Hidden, Layers, Directions) = (hidden, layers, bidirectional ? 2 : 1);
        Weights = [.. Enumerable.Range(0, layers * Directions).Select(i => new RecurrentWeights(gates, i < Directions ? inputs : hidden * Directions, hidden, random, bias, dtype))];
        if (dropout != 0) Dropout = new(dropout, random);
    }

    /// <summary>H.</summary>
    public long Hidden { get; }

    /// <summary>The number of layers.</summary>
    public int Layers { get; }

    /// <summary>1, or 2 where time is also walked backward.</summary>
    public int Directions { get; }

    /// <summary>The parameters: for each layer, the forward direction before the backward one.</summary>
    public IReadOnlyList<RecurrentWeights> Weights { get; }

    /// <summary>What acts between layers while training, or null.</summary>
    public Dropout? Dropout { get; }

    /// <summary>One layer in one direction.</summary>
    private protected abstract (Tensor Y, Tensor[] Final) Pass(RecurrentWeights weights, Tensor x, Tensor[]? initial, bool reverse);

    /// <summary>All layers; states are [layers·directions, B, H].</summary>
    private protected (Tensor Y, Tensor[] Final) Run(Tensor x, Tensor[]? initial)
    {
        ArgumentNullException.ThrowIfNull(x);
        foreach (Tensor state in initial ?? [])
        {
            if (state.Rank != 3 || state.Shape[0] != Weights.Count || state.Shape[1] != x.Shape[0] || state.Shape[2] != Hidden)
                throw new ShapeException($"{Names.Snake(GetType().Name)}: an initial state must be [{Weights.Count}, {x.Shape[0]}, {Hidden}], but it is {state.Shape}.");
        }

        var finals = new List<Tensor[]>();
        for (int layer = 0; layer < Layers; layer++)
        {
            if (layer > 0 && Dropout is not null) x = Dropout.Call(x);
            Tensor[] sides = new Tensor[Directions];
            for (int side = 0; side < Directions; side++)
            {
                int number = (layer * Directions) + side;
                (sides[side], Tensor[] final) = Pass(Weights[number], x, initial?.Select(s => s.Select(0, number)).ToArray(), reverse: side == 1);
                finals.Add(final);
            }

            x = sides.Length == 1 ? sides[0] : Tensor.Cat(sides, -1);
        }

        return (x, [.. Enumerable.Range(0, finals[0].Length).Select(i => Tensor.Stack([.. finals.Select(f => f[i])]))]);
    }
}
