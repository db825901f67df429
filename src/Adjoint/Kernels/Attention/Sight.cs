namespace Adjoint.Kernels.Attention;

/// <summary>Which keys of a block the queries of a block see, in pieces of queries: what no query of a piece sees is not computed.</summary>
/// <param name="last">A query r of the block sees no key of the block after last + r,</param>
/// <param name="first">and none before first + r.</param>
/// <param name="queries">The queries in the block.</param>
/// <param name="keys">The keys in the block.</param>
internal readonly struct Sight(long last, long first, long queries, long keys)
{
    /// <summary>Two vectors of AVX-512, and whole micro-kernels everywhere.</summary>
    const int Queries = 32;

    /// <summary>Whether all queries see the last of the keys.</summary>
    bool IsClear => last >= keys - 1;

    /// <summary>Queries in a piece, of a block of so many lanes.</summary>
    public int Piece(int lanes) => IsClear ? lanes : Math.Min(Queries, lanes);

    /// <summary>The keys up to the last that some query before <paramref name="query"/> sees: a piece that ends there needs these and no others.</summary>
    public long KeysBefore(long query) => Math.Clamp(last + Math.Min(query, queries), 0, keys);

    /// <summary>Puts −∞ where a piece has scores of keys that its query does not see.</summary>
    public unsafe void Hide<T>(T* scores, int lanes, T hidden)
    {
        HideEarly(scores, lanes, hidden);
        if (IsClear) return;
        for (int start = 0; start < queries; start += Queries)
        {
            // Seen by the last query of the piece, and not by the first.
            for (long key = Math.Max(0, last + start + 1), end = KeysBefore(start + Queries); key < end; key++)
                new Span<T>(scores + (key * lanes) + start, (int)(key - last - start)).Fill(hidden);
        }
    }

    /// <summary>Keys that a window has left behind: the further down the queries, the more of them.</summary>
    unsafe void HideEarly<T>(T* scores, int lanes, T hidden)
    {
        for (long key = 0, end = Math.Min(first + queries - 1, keys); key < end; key++)
        {
            long from = Math.Max(0, key - first + 1);
            new Span<T>(scores + (key * lanes) + from, (int)(queries - from)).Fill(hidden);
        }
    }
}
