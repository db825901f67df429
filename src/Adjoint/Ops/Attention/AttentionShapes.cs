namespace Adjoint.Ops;

/// <summary>What attention asks of its operands' shapes, and how heads that share keys are laid out.</summary>
/// <param name="KeyHeads">The number of heads of k and v.</param>
/// <param name="Sharing">How many heads of q share one of them.</param>
internal readonly record struct AttentionShapes(long KeyHeads, long Sharing)
{
    public bool IsGrouped => Sharing > 1;

    public static AttentionShapes Of(Tensor q, Tensor k, Tensor v, Tensor? bias, long position = 0)
    {
        const string Name = "scaled_dot_product_attention";
        Operands.FloatType(Name, ["q", "k", "v"], [q, k, v]);
        if (q.Rank < 2 || k.Rank != q.Rank || v.Rank != q.Rank)
            throw new ShapeException($"{Name}: q, k and v must be [..., T, D], [..., S, D] and [..., S, E] with equally many axes, but they are {q.Shape}, {k.Shape} and {v.Shape}.");
        if (q.Shape[^1] != k.Shape[^1]) throw new ShapeException($"{Name}: q and k must have the same last axis, but q is {q.Shape} and k is {k.Shape}.");
        if (k.Shape.With(k.Rank - 1, 1) != v.Shape.With(v.Rank - 1, 1)) throw new ShapeException($"{Name}: k and v must agree in all axes but the last, but k is {k.Shape} and v is {v.Shape}.");

        bool fits = true;
        for (int i = 0; i < q.Rank - 3; i++) fits &= q.Shape[i] == k.Shape[i];
        long heads = q.Rank > 2 ? q.Shape[^3] : 1, keyHeads = q.Rank > 2 ? k.Shape[^3] : 1;
        fits &= heads == keyHeads || (keyHeads > 0 && heads % keyHeads == 0);
        if (!fits) throw new ShapeException($"{Name}: q must have the leading axes of k, or a multiple of its heads (the third axis from the end), but q is {q.Shape} and k is {k.Shape}.");

        if (position < 0) throw new ArgumentException($"{Name}: the position of the first query must not be negative, but it is {position}.");
        if (bias is not null)
        {
            if (!bias.DType.IsFloat && bias.DType != DType.Bool) throw new DTypeException($"{Name}: a bias holds floating-point numbers, a mask Bool, but it is {bias.DType}.");
            Shape scores = q.Shape.With(q.Rank - 1, k.Shape[^2]);
            if (Shape.Broadcast(bias.Shape, scores) != scores) throw new ShapeException($"{Name}: the bias must broadcast to the scores, but the bias is {bias.Shape} and the scores are {scores}.");
        }

        return new(keyHeads, keyHeads == 0 ? 1 : heads / keyHeads);
    }

    /// <summary>How many pairs of a query and a key there are, or, where query t sees keys 0 … position + t only, are looked at.</summary>
    public static long Scores(Tensor q, Tensor k, bool isCausal, long position = 0)
    {
        (long queries, long keys) = (q.Shape[^2], k.Shape[^2]);
        long heads = 1, before = Math.Min(position, keys), few = Math.Min(queries, keys - before);
        for (int i = 0; i < q.Rank - 2; i++) heads *= q.Shape[i];
        return heads * (isCausal ? (few * before) + (few * (few + 1) / 2) + ((queries - few) * keys) : queries * keys);
    }

    /// <summary>[..., H, T, D] with the heads as two axes: [..., keyHeads, sharing, T, D].</summary>
    public Shape Grouped(Shape q) => q.With(q.Rank - 3, KeyHeads).Insert(q.Rank - 2, Sharing);

    /// <summary>The bias beside grouped scores.</summary>
    public Tensor Grouped(Tensor bias)
    {
        if (bias.Rank < 3) return bias;
        return bias.Shape[^3] == 1 ? bias.Unsqueeze(-3) : bias.Reshape(Grouped(bias.Shape));
    }
}
