namespace Adjoint.Ops;

/// <summary>What attention asks of its operands' shapes, and how heads that share keys are laid out.</summary>
/// <param name="KeyHeads">The number of heads of k and v.</param>
/// <param name="Sharing">How many heads of q share one of them.</param>
internal readonly record struct AttentionShapes(long KeyHeads, long Sharing)
{
    public bool IsGrouped => Sharing > 1;

    public static AttentionShapes Of(Tensor q, Tensor k, Tensor v, Tensor? bias, Tensor? documents, AttentionReach reach)
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

        CheckReach(Name, reach);
        if (bias is not null)
        {
            if (!bias.DType.IsFloat && bias.DType != DType.Bool) throw new DTypeException($"{Name}: a bias holds floating-point numbers, a mask Bool, but it is {bias.DType}.");
            Shape scores = q.Shape.With(q.Rank - 1, k.Shape[^2]);
            if (Shape.Broadcast(bias.Shape, scores) != scores) throw new ShapeException($"{Name}: the bias must broadcast to the scores, but the bias is {bias.Shape} and the scores are {scores}.");
        }

        if (documents is not null) CheckDocuments(Name, documents, Numbers(q.Shape, k.Shape[^2]), q.Shape[^2], reach);
        return new(keyHeads, keyHeads == 0 ? 1 : heads / keyHeads);
    }

    /// <exception cref="ArgumentException">The position is negative, or the window not positive.</exception>
    public static void CheckReach(string name, AttentionReach reach)
    {
        if (reach.Position < 0) throw new ArgumentException($"{name}: the position of the first query must not be negative, but it is {reach.Position}.");
        if (reach.Window < 1) throw new ArgumentException($"{name}: the window must have at least one key, but it is {reach.Window}.");
    }

    /// <exception cref="DTypeException">The documents are not integers.</exception>
    /// <exception cref="ShapeException">They do not number the keys, [..., S], or a query has none of these for its own.</exception>
    public static void CheckDocuments(string name, Tensor documents, Shape numbers, long queries, AttentionReach reach)
    {
        if (documents.DType is not (DType.I64 or DType.I32 or DType.U8)) throw new DTypeException($"{name}: the numbers of documents must be integers, but they are {documents.DType}.");
        if (Shape.Broadcast(documents.Shape, numbers) != numbers) throw new ShapeException($"{name}: documents must give each key a number and broadcast to {numbers}, but they are {documents.Shape}.");
        if (reach.Position + queries > numbers[^1]) throw new ShapeException($"{name}: where there are documents, every query must have a key of its own, but the queries are {queries} from position {reach.Position} on, and the keys are {numbers[^1]}.");
    }

    /// <summary>The shape of the numbers of documents beside q: one for each key of each row, [..., S].</summary>
    public static Shape Numbers(Shape q, long keys) => q.Rank > 3 ? q.Without(q.Rank - 1).Without(q.Rank - 2).With(q.Rank - 3, keys) : [keys];

    /// <summary>How many pairs of a query and a key are looked at in all heads. Documents are not known here: they hide some of these.</summary>
    public static long Scores(Tensor q, Tensor k, AttentionReach reach)
    {
        long heads = 1;
        for (int i = 0; i < q.Rank - 2; i++) heads *= q.Shape[i];
        return heads * reach.Pairs(q.Shape[^2], k.Shape[^2]);
    }

    /// <summary>An operation on all items of a map: they are one more axis in front; a bias or numbers that all share broadcast along it.</summary>
    /// <param name="x">Operands, then a bias, then numbers of documents.</param>
    /// <param name="op">What is applied.</param>
    /// <param name="first">Which operand has q's shape.</param>
    /// <param name="count">How many operands there are.</param>
    /// <param name="biased">Whether there is a bias.</param>
    /// <param name="hasDocuments">Whether there are numbers of documents.</param>
    public static Tensor[] OfItems(BatchedInputs x, Op op, int first, int count, bool biased, bool hasDocuments)
    {
        ArgumentNullException.ThrowIfNull(x);
        // An item without an axis for heads gets one, or its new axis would be taken for that.
        bool lacksHeads = x.Shape(first).Rank == 2;
        int rank = lacksHeads ? 3 : x.Shape(first).Rank;
        List<Tensor> items = [.. Enumerable.Range(0, count).Select(i => lacksHeads ? x.All(i).Unsqueeze(1) : x.All(i))];
        if (biased) items.Add(x.Aligned(count, rank));
        if (hasDocuments) items.Add(x.Aligned(x.Count - 1, rank - 2));
        Tensor[] outputs = op.ApplyWithHidden([.. items]);
        return lacksHeads ? Array.ConvertAll(outputs, y => y.Squeeze(1)) : outputs;
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
