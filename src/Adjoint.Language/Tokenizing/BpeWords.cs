using System.Runtime.InteropServices;

namespace Adjoint.Language.Tokenizing;

/// <summary>The different pieces of a text as tokens, with the number of times that each pair of neighbours occurs.</summary>
internal sealed class BpeWords
{
    readonly List<(int[] Symbols, long Count)> _words;
    readonly Dictionary<(int Left, int Right), long> _counts = [];
    readonly Dictionary<(int Left, int Right), HashSet<int>> _places = [];

    // The most frequent first, then lower ids. Entries whose count is no longer true are passed over.
    readonly PriorityQueue<(int Left, int Right), (long Negative, int Left, int Right)> _queue = new();

    public BpeWords(List<(int[] Symbols, long Count)> words)
    {
        _words = words;
        for (int word = 0; word < words.Count; word++) Change(word, +1, null);
        foreach ((int Left, int Right) pair in _counts.Keys) Offer(pair);
    }

    /// <summary>The pair that occurs most often, at least twice.</summary>
    public (int Left, int Right)? MostFrequent()
    {
        while (_queue.TryDequeue(out (int Left, int Right) pair, out (long Negative, int, int) priority))
        {
            long count = _counts.GetValueOrDefault(pair);
            if (count == -priority.Negative && count >= 2) return pair;
        }

        return null;
    }

    /// <summary>Joins a pair everywhere.</summary>
    public void Join((int Left, int Right) pair, int joined)
    {
        HashSet<(int Left, int Right)> touched = [];
        // In the order of the text, so that nothing depends on a set's order.
        foreach (int word in _places[pair].Order().ToArray())
        {
            (int[] symbols, long count) = _words[word];
            Change(word, -1, touched);
            int length = 0;
            for (int i = 0; i < symbols.Length; i++)
            {
                bool isPair = i + 1 < symbols.Length && (symbols[i], symbols[i + 1]) == pair;
                symbols[length++] = isPair ? joined : symbols[i];
                if (isPair) i++;
            }

            _words[word] = (symbols[..length], count);
            Change(word, +1, touched);
        }

        _places.Remove(pair);
        foreach ((int Left, int Right) changed in touched) Offer(changed);
    }

    void Offer((int Left, int Right) pair)
    {
        if (_counts.GetValueOrDefault(pair) is >= 2 and long count) _queue.Enqueue(pair, (-count, pair.Left, pair.Right));
    }

    void Change(int word, int sign, HashSet<(int Left, int Right)>? touched)
    {
        (int[] symbols, long count) = _words[word];
        for (int i = 0; i + 1 < symbols.Length; i++)
        {
            (int, int) pair = (symbols[i], symbols[i + 1]);
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _) += sign * count;
            ref HashSet<int>? places = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, pair, out _);
            // A word that a pair has left may stay among its places: it is looked through in vain.
            if (sign > 0) (places ??= []).Add(word);
            touched?.Add(pair);
        }
    }
}
