namespace Adjoint.Kernels.Attention;

/// <summary>Which keys of a block the queries of a block see, in pieces of queries: what no query of a piece sees is not computed.</summary>
/// <param name="offset">The first query's number, less the first key's: a query r of the block sees the keys 0 … offset + r of the block.</param>
/// <param name="queries">The queries in the block.</param>
/// <param name="keys">The keys in the block.</param>
internal readonly struct Sight(long offset, long queries, long keys)
{
    /// <summary>Two vectors of AVX-512, and whole micro-kernels everywhere.</summary>
    const int Queries = 32;

    /// <summary>Whether all queries see all keys.</summary>
    bool IsClear => offset >= keys - 1;

    /// <summary>Queries in a piece, of a block of so many lanes.</summary>
    public int Piece(int lanes) => IsClear ? lanes : Math.Min(Queries, lanes);

    /// <summary>The keys that some query before <paramref name="query"/> sees: a piece that ends there needs these and no others.</summary>
    public long KeysBefore(long query) => Math.Clamp(offset + Math.Min(query, queries), 0, keys);

    /// <summary>Puts −∞ where a piece has scores of keys that its query does not see.</summary>
    public unsafe void Hide<T>(T* scores, int lanes, T hidden)
    {
        if (IsClear) return;
        for (int first = 0; first < queries; first += Queries)
        {
            // Seen by the last query of the piece, and not by the first.
            for (long key = Math.Max(0, offset + first + 1), end = KeysBefore(first + Queries); key < end; key++)
                new Span<T>(scores + (key * lanes) + first, (int)(key - offset - first)).Fill(hidden);
        }
    }
}
