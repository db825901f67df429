using System.Text;
using Adjoint.Language.Tokenizing;

namespace Adjoint.Language;

/// <summary>Learns a byte pair encoding from a text.</summary>
/// <remarks>
/// It begins with the 256 bytes and joins, again and again, the pair that occurs most often within the pieces of the text; of equally frequent pairs, the
/// one of lower ids. So the same text gives the same tokenizer everywhere. Source: Sennrich et al. 2016, algorithm 1; Radford et al. 2019, §2.2.
/// </remarks>
/// <example><code>
/// BytePairTokenizer tokenizer = BpeTraining.Train(File.ReadAllText("tinyshakespeare.txt"), vocabulary: 1024);
/// tokenizer.Save("tokenizer.json");
/// </code></example>
public static class BpeTraining
{
    const string End = "<|endoftext|>";

    /// <summary>The fewest tokens: the bytes and the end of a text.</summary>
    const int Fewest = 257;

    /// <summary>Learns from a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="vocabulary">The number of tokens, the end of a text (the last of them) included; fewer are learned if no pair occurs twice any more.</param>
    /// <param name="pattern">How texts are cut, a regular expression; as GPT-2 does when omitted.</param>
    /// <param name="progress">Told the number of tokens there are, after each.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <exception cref="ArgumentException">The text has half a surrogate pair.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The vocabulary is below 257.</exception>
    /// <exception cref="FormatException">The pattern is no regular expression.</exception>
    /// <exception cref="OperationCanceledException">The training was stopped.</exception>
    public static BytePairTokenizer Train(string text, int vocabulary, string? pattern = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        _ = Unicode.Bytes(text);
        if (vocabulary < Fewest) throw new ArgumentOutOfRangeException(nameof(vocabulary), $"tokenizer: a vocabulary needs {Fewest} tokens for bytes and the end of a text, but it has {vocabulary}.");
        TextSplitter splitter = new(pattern ?? TextSplitter.Gpt2);
        List<byte[]> tokens = [.. ByteAlphabet.Bytes.Select(b => new[] { b })];
        BpeWords words = new(Count(splitter.Split(text), tokens, cancellation));
        Dictionary<(int Left, int Right), (int Rank, int Joined)> merges = [];
        while (tokens.Count < vocabulary - 1 && words.MostFrequent() is { } pair)
        {
            cancellation.ThrowIfCancellationRequested();
            merges.Add(pair, (merges.Count, tokens.Count));
            words.Join(pair, tokens.Count);
            tokens.Add([.. tokens[pair.Left], .. tokens[pair.Right]]);
            progress?.Report(tokens.Count + 1);
        }

        int end = tokens.Count;
        tokens.Add([]);
        return new(new([.. tokens], _ => true) { Merges = merges }, splitter, [new(end, End, IsSpecial: true)]) { BosId = end, EosId = end };
    }

    // Most pieces occur often: each is worked on once.
    static List<(int[] Symbols, long Count)> Count(IEnumerable<string> pieces, List<byte[]> tokens, CancellationToken cancellation)
    {
        int[] ids = new int[256];
        for (int id = 0; id < 256; id++) ids[tokens[id][0]] = id;
        OrderedDictionary<string, long> counts = [];
        foreach (string piece in pieces)
        {
            cancellation.ThrowIfCancellationRequested();
            counts[piece] = counts.GetValueOrDefault(piece) + 1;
        }

        return [.. counts.Select(c => (Encoding.UTF8.GetBytes(c.Key).Select(b => ids[b]).ToArray(), c.Value))];
    }
}
