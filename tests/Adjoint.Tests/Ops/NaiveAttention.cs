namespace Adjoint.Tests.Ops;

/// <summary>What attention is asked for.</summary>
/// <param name="IsCausal">Whether queries see no key after their own.</param>
/// <param name="Window">How far they see.</param>
/// <param name="Alibi">Whether the way to a key is taken off.</param>
/// <param name="Documents">Whether rows hold several documents.</param>
/// <param name="Bias">"", "numbers" or "mask".</param>
/// <param name="KeyHeads">The heads of keys and values, of <see cref="Heads"/>.</param>
/// <param name="Position">The place of the first query.</param>
sealed record AttentionCase(bool IsCausal, long? Window, bool Alibi, bool Documents, string Bias, int KeyHeads, long Position = 0)
{
    public const int Rows = 2, Heads = 6;

    /// <summary>All ways to combine them.</summary>
    public static IEnumerable<AttentionCase> All =>
        from causal in (bool[])[false, true]
        from window in (long?[])[null, 3, 40]
        from alibi in (bool[])[false, true]
        from documents in (bool[])[false, true]
        from bias in (string[])["", "numbers", "mask"]
        from keyHeads in (int[])[Heads, 2]
        select new AttentionCase(causal, window, alibi, documents, bias, keyHeads);

    /// <summary>The number of each token's document: short and long ones that end within blocks of queries and keys.</summary>
    public Tensor? Numbers(long keys) => Documents ? Tensor.From([.. Enumerable.Range(0, (int)(Rows * keys)).Select(i => i < keys ? (i % keys / 37) + (i % keys == 5 ? 90 : 0) : (long)-(i % keys) / 61)], [Rows, keys]) : null;

    public Tensor? Added(long queries, long keys, DType type) => Bias switch
    {
        "" => null,
        // Row 4 sees nothing, and no row the last key.
        "mask" => Tensor.From([.. Enumerable.Range(0, (int)(queries * keys)).Select(i => i / keys != 4 && i % keys < keys - 1)], [queries, keys]),
        _ => new Generator(9).Normal([Heads, queries, keys], dtype: DType.F64).To(type),
    };

    public Tensor Apply(Tensor q, Tensor k, Tensor v, Tensor? bias) =>
        q.ScaledDotProductAttention(k, v, bias, IsCausal, position: Position, window: Window, alibi: Alibi, documents: Numbers(k.Shape[2]));

    /// <summary>The same from all scores, and what is added to them written out.</summary>
    public Tensor Naive(Tensor q, Tensor k, Tensor v, Tensor? bias)
    {
        (long queries, long keys) = (q.Shape[2], k.Shape[2]);
        long[]? documents = Numbers(keys)?.ToArray<long>();
        bool[]? mask = Bias == "mask" ? bias!.ToArray<bool>() : null;
        double[] added = new double[Rows * Heads * queries * keys];
        double[] seeing = new double[Rows * Heads * queries];
        for (int row = 0, i = 0, r = 0; row < Rows; row++)
        {
            for (int head = 0; head < Heads; head++)
            {
                for (long t = 0; t < queries; t++, r++)
                {
                    for (long j = 0, own = Position + t; j < keys; j++, i++)
                    {
                        bool sees = (!IsCausal || j <= own) && (Window is null || (j > own - Window && j < own + Window))
                            && (documents is null || documents[(row * keys) + own] == documents[(row * keys) + j]) && (mask is null || mask[(t * keys) + j]);
                        added[i] = sees ? Alibi ? -Slopes[head] * Math.Abs(own - j) : 0 : double.NegativeInfinity;
                        if (sees) seeing[r] = 1;
                    }

                    if (seeing[r] == 0) Array.Clear(added, i - (int)keys, (int)keys);
                }
            }
        }

        Tensor scores = (q / Math.Sqrt(q.Shape[3])).MatMul(k.RepeatInterleave(Heads / KeyHeads, 1).T) + Tensor.From(added, [Rows, Heads, queries, keys]);
        if (Bias == "numbers") scores += bias!;
        return scores.Softmax(-1).MatMul(v.RepeatInterleave(Heads / KeyHeads, 1)) * Tensor.From(seeing, [Rows, Heads, queries, 1]);
    }

    /// <summary>What the code published with the paper gives for 6 heads: those of 4, and every second of 8.</summary>
    static readonly double[] Slopes = [0.25, 0.0625, 0.015625, 0.00390625, 0.5, 0.125];
}
