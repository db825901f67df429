namespace Adjoint.Ops;

/// <summary>What the place of a key and that of a query make of their score: whether it is seen, and what is taken off for the way.</summary>
/// <remarks>Query t of T is at place i = Position + t among the keys; key j is at place j.</remarks>
/// <param name="IsCausal">Whether a query sees the keys j ≤ i only.</param>
/// <param name="Position">How many keys lie before the first query's own.</param>
/// <param name="Window">Whether a query sees the keys |i − j| &lt; Window only: where causal, the last keys up to its own. All where null.</param>
/// <param name="IsLinearlyBiased">Whether slope·|i − j| is taken off the score, each head having a slope (ALiBi).</param>
public sealed record AttentionReach(bool IsCausal = false, long Position = 0, long? Window = null, bool IsLinearlyBiased = false)
{
    /// <summary>Every query sees all keys.</summary>
    public static AttentionReach All { get; } = new();

    /// <summary>Query t sees the keys 0 … t.</summary>
    public static AttentionReach Causal { get; } = new(IsCausal: true);

    /// <summary>Whether something else than causality hides keys, so that a query may be left with none.</summary>
    internal bool MayBlind => Window is not null;

    /// <summary>Whether query t sees a key.</summary>
    internal bool Sees(long query, long key) =>
        (!IsCausal || key <= Position + query) && (Window is not { } window || Math.Abs(Position + query - key) < window);

    /// <summary>The slope of each of so many heads: 2^(−8/heads), its square and so on, where they are a power of two.</summary>
    internal static double[] Slopes(long heads)
    {
        double[] slopes = new double[heads];
        for (int i = 0; i < slopes.Length; i++) slopes[i] = Kernels.Attention.LinearBias.Slope(i, heads);
        return slopes;
    }

    /// <summary>The keys that each of the queries does not see, [T, S]; null where it sees all.</summary>
    internal Tensor? Hidden(long queries, long keys)
    {
        Tensor? hidden = IsCausal ? After(Position + 1) : null;
        if (Window is not { } window) return hidden;
        Tensor before = Tensor.Ones([queries, keys], DType.Bool).Tril(Position - window);
        return before.Maximum(hidden ?? After(Position + window));

        Tensor After(long diagonal) => Tensor.Ones([queries, keys], DType.Bool).Triu(diagonal);
    }

    /// <summary>What is added to the scores of each head, [H, T, S]; null where nothing is.</summary>
    internal Tensor? LinearBias(long heads, long queries, long keys, DType type)
    {
        if (!IsLinearlyBiased) return null;
        Tensor ways = (Tensor.Arange(Position, Position + queries, dtype: type).Unsqueeze(-1) - Tensor.Arange(0, keys, dtype: type)).Abs();
        return -Tensor.From(Slopes(heads), [heads, 1, 1]).To(type) * ways;
    }

    /// <summary>How many of so many keys the queries see together.</summary>
    internal long Pairs(long queries, long keys)
    {
        if (!IsCausal && Window is null) return queries * keys;
        long pairs = 0, most = Position + queries + keys, reach = Math.Min((Window ?? long.MaxValue) - 1, most);
        for (long own = Position; own < Position + queries; own++)
            pairs += Math.Max(0, Math.Min(keys - 1, IsCausal ? own : own + reach) - Math.Max(0, own - reach) + 1);
        return pairs;
    }
}
