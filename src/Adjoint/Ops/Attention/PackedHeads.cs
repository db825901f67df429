namespace Adjoint.Ops;

/// <summary>Heads side by side in the last axis of one tensor, [..., T, (H + 2·K)·D]: H of queries, then K of keys, then K of values.</summary>
/// <param name="Queries">H.</param>
/// <param name="Keys">K.</param>
internal readonly record struct PackedHeads(long Queries, long Keys)
{
    public const string Name = "self_attention";

    long All => Queries + (2 * Keys);

    /// <summary>D, of a tensor that is laid out so.</summary>
    public long Depth(Tensor qkv)
    {
        Operands.FloatType(Name, ["qkv"], [qkv]);
        if (Queries < 1) throw new ArgumentException($"{Name}: the number of heads must be positive, but it is {Queries}.");
        if (Keys < 1 || Queries % Keys != 0) throw new ArgumentException($"{Name}: the number of heads must be a multiple of that of the keys' heads, but they are {Queries} and {Keys}.");
        if (qkv.Rank < 2) throw new ShapeException($"{Name}: qkv must be [..., T, (H + 2·K)·D], but it is {qkv.Shape}.");
        if (qkv.Shape[^1] % All != 0) throw new ShapeException($"{Name}: the last axis must be a multiple of the heads of queries, keys and values together, but it is {qkv.Shape[^1]} in {qkv.Shape} and they are {Queries} + {Keys} + {Keys}.");
        return qkv.Shape[^1] / All;
    }

    /// <summary>D, where all else fits too.</summary>
    public long Check(Tensor qkv, Tensor? documents, AttentionReach reach)
    {
        long depth = Depth(qkv);
        AttentionShapes.CheckReach(Name, reach);
        if (documents is not null) AttentionShapes.CheckDocuments(Name, documents, qkv.Shape.Without(qkv.Rank - 1), qkv.Shape[^2], reach);
        return depth;
    }

    /// <summary>How many pairs of a query and a key are looked at in all heads.</summary>
    public long Scores(Tensor qkv, AttentionReach reach)
    {
        long rows = Queries;
        for (int i = 0; i < qkv.Rank - 2; i++) rows *= qkv.Shape[i];
        return rows * reach.Pairs(qkv.Shape[^2], qkv.Shape[^2]);
    }

    /// <summary>Queries, keys and values, [..., heads, T, D] each. Views, where the tensor's strides allow it.</summary>
    public Tensor[] Split(Tensor qkv) => Apart(qkv, All).Split([Queries, Keys, Keys], -3);

    /// <summary>[..., T, heads·D] as [..., heads, T, D].</summary>
    public static Tensor Apart(Tensor x, long heads) => x.Reshape(x.Shape.With(x.Rank - 1, heads).Insert(x.Rank, x.Shape[^1] / heads)).Transpose(-3, -2);

    /// <summary>[..., heads, T, D] as [..., T, heads·D].</summary>
    public static Tensor Together(Tensor x)
    {
        x = x.Transpose(-3, -2);
        return x.Reshape(x.Shape.Without(x.Rank - 1).With(x.Rank - 2, x.Shape[^2] * x.Shape[^1]));
    }

    /// <summary>Undoes <see cref="Split(Tensor)"/>.</summary>
    public static Tensor Join(Tensor[] qkv) => Tensor.Cat(Array.ConvertAll(qkv, Together), -1);

    /// <summary>An operation on all items of a map: they are one more axis in front; numbers of documents that all share broadcast along it.</summary>
    /// <param name="x">Operands, then numbers of documents.</param>
    /// <param name="op">What is applied.</param>
    /// <param name="hasDocuments">Whether there are any.</param>
    public static Tensor[] OfItems(BatchedInputs x, Op op, bool hasDocuments)
    {
        ArgumentNullException.ThrowIfNull(x);
        // The operands that come first have the rank of qkv.
        int operands = x.Count - (hasDocuments ? 1 : 0), rank = x.Shape(0).Rank;
        List<Tensor> items = [.. Enumerable.Range(0, operands).Select(x.All)];
        if (hasDocuments) items.Add(x.Aligned(operands, rank - 1));
        return op.ApplyWithHidden([.. items]);
    }

    /// <summary>Queries, keys and values of numbers that are laid out so.</summary>
    public Plain[] Split(Plain qkv) => [Part(qkv, All, 0, Queries), Part(qkv, All, Queries, Keys), Part(qkv, All, Queries + Keys, Keys)];

    /// <summary>[..., T, heads·D] as [..., heads, T, D].</summary>
    public static Plain Apart(Plain x, long heads) => Part(x, heads, 0, heads);

    static Plain Part(Plain x, long heads, long first, long count)
    {
        long depth = x.Shape[^1] / heads;
        return Plain.Make(x.Shape.Without(x.Shape.Rank - 1).Insert(x.Shape.Rank - 2, count).Insert(x.Shape.Rank, depth), at => x[[.. at[..^3], at[^2], ((first + at[^3]) * depth) + at[^1]]]);
    }

    /// <summary>Heads [..., heads, T, D] of one after the other as [..., T, heads·D].</summary>
    public static Plain Join(params Plain[] parts)
    {
        Shape first = parts[0].Shape;
        long depth = first[^1], heads = parts.Sum(p => p.Shape[^3]);
        return Plain.Make(first.Without(first.Rank - 1).Without(first.Rank - 3).Insert(first.Rank - 2, heads * depth), at =>
        {
            (long head, int part) = (at[^1] / depth, 0);
            while (head >= parts[part].Shape[^3]) head -= parts[part++].Shape[^3];
            return parts[part][[.. at[..^2], head, at[^2], at[^1] % depth]];
        });
    }
}
