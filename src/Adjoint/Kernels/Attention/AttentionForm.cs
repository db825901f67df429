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
/// <param name="IsCausal">Whether query t sees the keys 0 … Position + t only.</param>
/// <param name="Position">How many keys lie before the first query's own.</param>
internal sealed record AttentionForm(long Batch, long Heads, long KeyHeads, long Queries, long Keys, long Depth, long Width, double Scale, bool IsCausal, long Position)
{
    /// <summary>Queries that one pass over the keys serves: strips of 32 lanes across as well as of 12 rows down.</summary>
    public const int QueryBlock = 96;

    /// <summary>Keys whose scores are in memory at once: with <see cref="QueryBlock"/> they stay in the second-level cache.</summary>
    public const int KeyBlock = 128;

    /// <summary>log₂ e: scores are kept in powers of two.</summary>
    public const double Log2E = 1.4426950408889634;

    public long Sharing => Heads / KeyHeads;

    public long QueryBlocks => (Queries + QueryBlock - 1) / QueryBlock;

    /// <summary>The first key that no query of a block sees.</summary>
    public long EndOfKeys(long firstQuery, long queries) => IsCausal ? Math.Min(Keys, Position + firstQuery + queries) : Keys;

    /// <summary>What a block of queries sees of a block of keys.</summary>
    public Sight Sight(long firstQuery, long queries, long firstKey, long keys) => new(IsCausal ? Position + firstQuery - firstKey : keys, queries, keys);

    /// <summary>As many lanes as hold a block's queries in whole strips of two vectors.</summary>
    public static int Lanes(long queries, int vector) => (int)((queries + (2 * vector) - 1) / (2 * vector) * (2 * vector));
}

/// <summary>One operand: a matrix with unit column stride for each batch and head.</summary>
internal readonly unsafe struct Operand<T>(T* data, long batchStride, long headStride, long rowStride)
{
    public readonly long RowStride = rowStride;

    public T* At(long batch, long head) => data + (batch * batchStride) + (head * headStride);

    public T* At(long batch, long head, long row) => At(batch, head) + (row * RowStride);
}
