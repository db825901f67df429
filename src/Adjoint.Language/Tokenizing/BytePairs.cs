using System.Text;

namespace Adjoint.Language.Tokenizing;

/// <summary>The tokens of a byte pair encoding and which pairs of them are joined.</summary>
internal sealed class BytePairs
{
    readonly TokenTable _ids = new();
    readonly int[] _byteIds = new int[256];

    /// <param name="tokens">What each id stands for.</param>
    /// <param name="isText">Which of them come out of text.</param>
    public BytePairs(byte[][] tokens, Func<int, bool> isText)
    {
        Tokens = tokens;
        Array.Fill(_byteIds, -1);
        for (int id = 0; id < tokens.Length; id++) if (tokens[id].Length > 0 && isText(id)) _ids.TryAdd(tokens[id], id);
    }

    public byte[][] Tokens { get; }

    /// <summary>The pairs that are joined, the first of them first; null: every pair that is a token, the one of lowest id first, as in tiktoken.</summary>
    public Dictionary<(int Left, int Right), (int Rank, int Joined)>? Merges { get; init; }

    /// <summary>Whether a piece that is a token is left whole, whatever is joined.</summary>
    public bool WholeFirst { get; init; }

    /// <summary>Says which token is a byte that no other token stands for.</summary>
    public void ByteIs(byte value, int id) => _byteIds[value] = id;

    public bool TryGet(ReadOnlySpan<byte> token, out int id) => _ids.TryGet(token, [], out id);

    /// <summary>Appends the tokens of a piece.</summary>
    /// <param name="piece">UTF-8.</param>
    /// <param name="byCharacter">Whether it is whole characters that are joined, those that are no token as bytes; otherwise bytes.</param>
    /// <param name="tokens">Where to.</param>
    public void Encode(ReadOnlySpan<byte> piece, bool byCharacter, List<int> tokens)
    {
        if (WholeFirst && TryGet(piece, out int whole))
        {
            tokens.Add(whole);
            return;
        }

        List<int> symbols = new(piece.Length);
        while (piece.Length > 0)
        {
            int length = 1;
            if (byCharacter) Rune.DecodeFromUtf8(piece, out _, out length);
            if (TryGet(piece[..length], out int id)) symbols.Add(id);
            else foreach (byte b in piece[..length]) symbols.Add(_byteIds[b] >= 0 ? _byteIds[b] : throw new ArgumentException($"tokenizer: a text must consist of tokens, but none stands for {Shown(piece[..length])}."));
            piece = piece[length..];
        }

        tokens.AddRange(PairMerging.Run(symbols, Merges is null ? ByLowestId : ByRank));
    }

    bool ByRank(int left, int right, out int joined, out double rank)
    {
        bool found = Merges!.TryGetValue((left, right), out (int Rank, int Joined) merge);
        (rank, joined) = (merge.Rank, merge.Joined);
        return found;
    }

    bool ByLowestId(int left, int right, out int joined, out double rank)
    {
        bool found = _ids.TryGet(Tokens[left], Tokens[right], out joined);
        rank = joined;
        return found;
    }

    static string Shown(ReadOnlySpan<byte> bytes) =>
        Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) == System.Buffers.OperationStatus.Done && length == bytes.Length ? $"U+{rune.Value:X4}" : $"byte {bytes[0]}";
}
