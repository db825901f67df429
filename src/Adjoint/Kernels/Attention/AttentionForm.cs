namespace Adjoint.Kernels.Attention;

/// <summary>The sizes of an attention and where its operands lie.</summary>
/// <param name="Batch">B.</param>
/// <param name="Heads">H, the heads of q.</param>
/// <param name="KeyHeads">The heads of k and v; H is a multiple.</param>
/// <param name="Queries">T.</param>
/// <param name="Keys">S.</param>
/// <param name="Depth">D, the last axis of q and k.</param>
/// <param name="Width">E, the last axis of v and y.</param>
/// <param name="Scale">What scores are multiplied by.</param>
internal sealed record AttentionForm(long Batch, long Heads, long KeyHeads, long Queries, long Keys, long Depth, long Width, double Scale)
{
    /// <summary>Whether a query sees no key after its own.</summary>
    public bool IsCausal { get; init; }

    /// <summary>How many keys lie before the first query's own.</summary>
    public long Position { get; init; }

    /// <summary>How far a query sees: its own key is the first of so many, back and, where not causal, ahead.</summary>
    public long? Window { get; init; }

    /// <summary>Whether scores fall with the way between query and key.</summary>
    public bool IsLinearlyBiased { get; init; }

    /// <summary>Queries that one pass over the keys serves: strips of 32 lanes across as well as of 12 rows down.</summary>
    public const int QueryBlock = 96;

    /// <summary>Keys whose scores are in memory at once: with <see cref="QueryBlock"/> they stay in the second-level cache.</summary>
    public const int KeyBlock = 128;

    /// <summary>log₂ e: scores are kept in powers of two.</summary>
    public const double Log2E = 1.4426950408889634;

    public long Sharing => Heads / KeyHeads;

    public long QueryBlocks => (Queries + QueryBlock - 1) / QueryBlock;

    /// <summary>From the first key that some query of a block sees to the end of what the last sees.</summary>
    public (long First, long End) KeysOf(long firstQuery, long queries)
    {
        long own = Position + firstQuery, end = Math.Min(Keys, own + queries + Ahead);
        return (Math.Clamp(own - Behind, 0, Math.Max(end, 0)), end);
    }

    /// <summary>What a block of queries sees of a block of keys.</summary>
    public Sight Sight(long firstQuery, long queries, long firstKey, long keys)
    {
        long own = Position + firstQuery - firstKey;
        return new(own + Ahead, own - Behind, queries, keys);
    }

    /// <summary>How many keys after its own a query sees, and how many before it; more than there are where nothing ends them.</summary>
    long Ahead => IsCausal ? 0 : Reach;

    long Behind => Reach;

    long Reach => Math.Min((Window ?? long.MaxValue) - 1, Position + Queries + Keys);

    /// <summary>As many lanes as hold a block's queries in whole strips of two vectors.</summary>
    public static int Lanes(long queries, int vector) => (int)((queries + (2 * vector) - 1) / (2 * vector) * (2 * vector));
}
