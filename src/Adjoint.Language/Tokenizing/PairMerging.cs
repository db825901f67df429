namespace Adjoint.Language.Tokenizing;

/// <summary>Whether two neighbours may be joined, to what, and how early: lower ranks first.</summary>
internal delegate bool PairRule(int left, int right, out int joined, out double rank);

/// <summary>Byte pair encoding: joins the pair of lowest rank, the leftmost of equal ones, until no pair may be joined.</summary>
/// <remarks>Pairs wait in a heap, so that n symbols take n·log n steps rather than n². Source: Sennrich et al. 2016, §3.2.</remarks>
internal static class PairMerging
{
    public static IReadOnlyList<int> Run(List<int> symbols, PairRule rule)
    {
        if (symbols.Count < 2) return symbols;
        int[] next = new int[symbols.Count], previous = new int[symbols.Count];
        var waiting = new PriorityQueue<(int At, int Left, int Right, int Joined), (double Rank, int At)>(symbols.Count);
        for (int i = 0; i < symbols.Count; i++) (next[i], previous[i]) = (i + 1, i - 1);
        for (int i = 0; i + 1 < symbols.Count; i++) Offer(i);
        while (waiting.TryDequeue(out (int At, int Left, int Right, int Joined) pair, out _))
        {
            // A symbol of a waiting pair may have been joined to another since.
            int right = next[pair.At];
            if (symbols[pair.At] != pair.Left || right >= symbols.Count || symbols[right] != pair.Right) continue;
            symbols[pair.At] = pair.Joined;
            symbols[right] = Gone;
            next[pair.At] = next[right];
            if (next[right] < symbols.Count) previous[next[right]] = pair.At;
            if (previous[pair.At] >= 0) Offer(previous[pair.At]);
            Offer(pair.At);
        }

        symbols.RemoveAll(s => s == Gone);
        return symbols;

        void Offer(int at)
        {
            if (next[at] >= symbols.Count) return;
            (int left, int right) = (symbols[at], symbols[next[at]]);
            if (rule(left, right, out int joined, out double rank)) waiting.Enqueue((at, left, right, joined), (rank, at));
        }
    }

    const int Gone = -1;
}
