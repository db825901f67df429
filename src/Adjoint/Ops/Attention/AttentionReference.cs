namespace Adjoint.Ops;

/// <summary>What attention means, in plain loops.</summary>
internal static class AttentionReference
{
    /// <summary>y, and log₂ Σ 2^(score·log₂ e) of each query.</summary>
    public static (Plain Y, Plain LogSum) Of(ScaledDotProductAttention op, Plain[] inputs)
    {
        (Plain q, Plain v) = (inputs[0], inputs[2]);
        int rank = q.Shape.Rank;
        Plain y = Plain.Zeros(q.Shape.With(rank - 1, v.Shape[^1])), log = Plain.Zeros(q.Shape.Without(rank - 1));
        foreach (long[] row in Plain.Indices(log.Shape))
        {
            double[] scores = Scores(op, inputs, row), weights = [.. scores.Select(Math.Exp)];
            double sum = weights.Sum();
            log[row] = sum == 0 ? double.PositiveInfinity : Math.Log2(sum);
            for (long e = 0; e < v.Shape[^1] && sum > 0; e++)
                y[[.. row, e]] = weights.Select((w, s) => w / sum * v[KeyAt(inputs, row, s, e)]).Sum();
        }

        return (y, log);
    }

    /// <summary>The scores of one query, −∞ where it does not look.</summary>
    public static double[] Scores(ScaledDotProductAttention op, Plain[] inputs, long[] row)
    {
        (Plain q, Plain k) = (inputs[0], inputs[1]);
        return
        [
            .. Enumerable.Range(0, (int)k.Shape[^2]).Select(s =>
            {
                if (!op.Reach.Sees(row[^1], s) || !OneDocument(op, inputs, row, s)) return double.NegativeInfinity;
                double dot = 0;
                for (long d = 0; d < k.Shape[^1]; d++) dot += q[[.. row, d]] * k[KeyAt(inputs, row, s, d)];
                double score = op.Scale * dot;
                if (op.Reach.IsLinearlyBiased) score -= Slope(row.Length > 1 ? row[^2] : 0, row.Length > 1 ? q.Shape[^3] : 1) * Math.Abs(op.Reach.Position + row[^1] - s);
                if (op.Bias == AttentionBias.None) return score;
                double bias = inputs[3][[.. row, s]];
                return op.Bias == AttentionBias.Mask ? (bias == 0 ? double.NegativeInfinity : score) : score + bias;
            }),
        ];
    }

    static bool OneDocument(ScaledDotProductAttention op, Plain[] inputs, long[] row, long key)
    {
        if (!op.HasDocuments) return true;
        long[] batch = row.Length > 2 ? row[..^2] : [];
        return inputs[^1][[.. batch, op.Reach.Position + row[^1]]] == inputs[^1][[.. batch, key]];
    }

    /// <summary>As the paper's code has it: a geometric sequence, and where heads are no power of two, every second slope of a longer one.</summary>
    static double Slope(long head, long heads)
    {
        long whole = 1;
        while (whole * 2 <= heads) whole *= 2;
        if (head >= whole) return Slope((head - whole) * 2, whole * 2);
        double first = Math.Pow(2, -Math.Pow(2, -(Math.Log2(whole) - 3)));
        return first * Math.Pow(first, head);
    }

    /// <summary>Where a query's key lies: heads that share go to one.</summary>
    public static long[] KeyAt(Plain[] inputs, long[] row, long key, long column)
    {
        long[] index = [.. row[..^1], key, column];
        if (index.Length > 2) index[^3] /= inputs[0].Shape[^3] / inputs[1].Shape[^3];
        return index;
    }
}
