using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Adjoint.Formats;
using Adjoint.Language;

namespace Adjoint.Cli.Recipes;

/// <summary>A text as the numbers of its tokens.</summary>
/// <param name="All">The numbers: the part to learn from, that to choose the best epoch by, that for the test.</param>
/// <param name="Trained">Where the first part ends.</param>
/// <param name="Validated">Where the second part ends.</param>
/// <param name="Vocabulary">How many different tokens there are.</param>
/// <param name="Characters">The characters that the numbers stand for, sorted; null where tokens are something else.</param>
/// <param name="Tokenizer">What made byte pairs of the text; null where tokens are something else.</param>
internal sealed record TextTokens(TokenSequence All, int Trained, int Validated, int Vocabulary, string? Characters = null, BytePairTokenizer? Tokenizer = null)
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What tells one tokenizer of byte pairs from another: the SHA-256 sum of all that its tokens stand for.</summary>
    public string? Digest => Tokenizer is null ? null : DigestOf(Tokenizer);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="data">What a token is, and how the text is divided.</param>
    /// <param name="tokenizer">The tokenizer's file or folder; null where one is to be learned.</param>
    /// <param name="cancellation">Ends the learning.</param>
    /// <exception cref="Adjoint.FormatException">It is no UTF-8, or the tokenizer's file is of another kind.</exception>
    public static TextTokens Read(string path, TextData data, string? tokenizer, CancellationToken cancellation)
    {
        byte[] bytes = File.ReadAllBytes(path);
        try
        {
            return data.Tokens switch
            {
                TokenKind.Bytes => OfBytes(bytes, data),
                TokenKind.Characters => OfCharacters(bytes, data),
                _ => OfBytePairs(bytes, data, tokenizer, cancellation),
            };
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException($"data: a text must be UTF-8, but {path.Quoted()} is not. Hint: \"tokens\": \"bytes\" takes any file.", e);
        }
    }

    /// <summary>See <see cref="Digest"/>.</summary>
    public static string DigestOf(Tokenizer tokenizer)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int id = 0; id < tokenizer.Vocabulary; id++)
        {
            ReadOnlySpan<byte> bytes = tokenizer.Bytes(id).Span;
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static TextTokens OfBytes(byte[] bytes, TextData data)
    {
        var all = new TokenSequence(bytes.Length, 256);
        for (int i = 0; i < bytes.Length; i++) all[i] = bytes[i];
        return new(all, TrainEnd(bytes.Length, data), ValidationEnd(bytes.Length, data), 256);
    }

    // Character by character, twice, so that no second and wider copy of the text is made.
    static TextTokens OfCharacters(byte[] bytes, TextData data)
    {
        int[] numbers = new int[0x110000];
        int length = 0;
        foreach (Rune rune in Runes(bytes))
        {
            numbers[rune.Value] = 1;
            length++;
        }

        var characters = new StringBuilder();
        int count = 0;
        for (int value = 0; value < numbers.Length; value++)
        {
            if (numbers[value] == 0) continue;
            numbers[value] = count++;
            characters.Append(new Rune(value).ToString());
        }

        var all = new TokenSequence(length, count);
        int at = 0;
        foreach (Rune rune in Runes(bytes)) all[at++] = numbers[rune.Value];
        return new(all, TrainEnd(length, data), ValidationEnd(length, data), count, characters.ToString());
    }

    // Each part by itself: no token lies in two of them, and what is learned is learned from the first alone.
    static TextTokens OfBytePairs(byte[] bytes, TextData data, string? path, CancellationToken cancellation)
    {
        int trained = Whole(TrainEnd(bytes.Length, data)), validated = Whole(ValidationEnd(bytes.Length, data));
        string first = Strict.GetString(bytes, 0, trained);
        BytePairTokenizer tokenizer = path is null ? BpeTraining.Train(first, data.Vocabulary ?? TextData.UsualVocabulary, cancellation: cancellation) : Loaded(path);
        IReadOnlyList<int>[] parts = [tokenizer.Encode(first), Part(trained, validated), Part(validated, bytes.Length)];
        var all = new TokenSequence(parts.Sum(p => p.Count), tokenizer.Vocabulary);
        int at = 0;
        foreach (IReadOnlyList<int> part in parts)
            foreach (int id in part) all[at++] = id;
        return new(all, parts[0].Count, parts[0].Count + parts[1].Count, tokenizer.Vocabulary, Tokenizer: tokenizer);

        IReadOnlyList<int> Part(int from, int to) => tokenizer.Encode(Strict.GetString(bytes, from, to - from));

        // Back to where a character begins.
        int Whole(int position)
        {
            while (position > 0 && position < bytes.Length && (bytes[position] & 0xC0) == 0x80) position--;
            return position;
        }
    }

    static BytePairTokenizer Loaded(string path)
    {
        Tokenizer tokenizer = Language.Tokenizer.Load(path);
        // A file of tiktoken does not say what is joined, so that the run's folder could not keep it.
        if (tokenizer is BytePairTokenizer pairs && Path.GetExtension(path) != ".tiktoken") return pairs;
        throw new FormatException($"data: a tokenizer of byte pairs must be a tokenizer.json, or a vocab.json with merges.txt beside it, but {path.Quoted()} is another.");
    }

    static int TrainEnd(int length, TextData data) => (int)(length * (1 - data.Test - data.Validation));

    static int ValidationEnd(int length, TextData data) => (int)(length * (1 - data.Test));

    static IEnumerable<Rune> Runes(byte[] bytes)
    {
        for (int at = 0; at < bytes.Length;)
        {
            if (Rune.DecodeFromUtf8(bytes.AsSpan(at), out Rune rune, out int length) != OperationStatus.Done) throw new DecoderFallbackException();
            at += length;
            yield return rune;
        }
    }
}
