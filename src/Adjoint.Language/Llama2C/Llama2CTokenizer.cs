using System.Buffers.Binary;
using System.Text;
using Adjoint.Formats;
using Adjoint.Language.Tokenizing;

namespace Adjoint.Language.Llama2C;

/// <summary>A tokenizer of llama2.c: characters, then the pair whose token has the highest score is joined, until none is left.</summary>
/// <remarks>
/// Tokens 0, 1, 2 are "unknown", BOS and EOS; 3 to 258 are the bytes, for characters that are no token. A text is encoded with a
/// space before it, which decoding takes away. Source: Karpathy's llama2.c, <c>run.c</c> (<c>encode</c>, <c>decode</c>).
/// </remarks>
internal sealed class Llama2CTokenizer : Tokenizer
{
    public const int BosId = 1;
    const int EosId = 2, FirstByte = 3, FirstText = FirstByte + 256, FieldBytes = sizeof(float) + sizeof(int);

    readonly byte[][] _tokens;
    readonly float[] _scores;
    readonly TokenTable _ids = new();

    Llama2CTokenizer(byte[][] tokens, float[] scores)
    {
        (_tokens, _scores) = (tokens, scores);
        for (int i = 0; i < 256; i++) tokens[FirstByte + i] = [(byte)i];
        for (int i = 0; i < FirstByte; i++) tokens[i] = [];
        // Of two equal tokens the first is used.
        for (int i = FirstText; i < tokens.Length; i++) _ids.TryAdd(tokens[i], i);
    }

    public override int Vocabulary => _tokens.Length;

    public override int? Bos => BosId;

    public override int? Eos => EosId;

    public static Llama2CTokenizer Open(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        string file = path.Quoted();
        if (stream.Length > int.MaxValue) throw new FormatException($"tokenizer: a file has at most {int.MaxValue} bytes, but {file} has {stream.Length}.");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Read(bytes, file);
    }

    static Llama2CTokenizer Read(ReadOnlySpan<byte> bytes, string file)
    {
        if (bytes.Length < sizeof(int)) throw new FormatException($"tokenizer: a file of llama2.c begins with the length of its longest token, but {file} has {bytes.Length} bytes.");
        List<byte[]> tokens = [];
        List<float> scores = [];
        for (int at = sizeof(int); at < bytes.Length;)
        {
            if (bytes.Length - at < FieldBytes) throw new FormatException($"tokenizer: a file of llama2.c ends with a token, but {file} ends within token {tokens.Count}.");
            float score = BinaryPrimitives.ReadSingleLittleEndian(bytes[at..]);
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[(at + sizeof(float))..]);
            at += FieldBytes;
            if (!float.IsFinite(score)) throw new FormatException($"tokenizer: scores must be finite numbers, but that of token {tokens.Count} in {file} is not.");
            if (length < 0 || length > bytes.Length - at) throw new FormatException($"tokenizer: a token must lie within the file, but token {tokens.Count} in {file} has {length} bytes and {bytes.Length - at} are left.");
            tokens.Add(bytes.Slice(at, length).ToArray());
            scores.Add(score);
            at += length;
        }

        if (tokens.Count < FirstText) throw new FormatException($"tokenizer: a file of llama2.c has three tokens without text and 256 bytes, but {file} has {tokens.Count} tokens.");
        for (int i = 0; i < 256; i++)
        {
            if (!tokens[FirstByte + i].AsSpan().SequenceEqual(Encoding.ASCII.GetBytes($"<0x{i:X2}>")))
                throw new FormatException($"tokenizer: tokens {FirstByte} to {FirstText - 1} of llama2.c are the bytes, but token {FirstByte + i} in {file} is not '<0x{i:X2}>'.");
        }

        return new([.. tokens], [.. scores]);
    }

    public override IReadOnlyList<int> Encode(string text)
    {
        byte[] bytes = Unicode.Bytes(text);
        if (bytes.Length == 0) return [];
        List<int> symbols = new(bytes.Length + 1);
        Add(" "u8);
        for (int at = 0; at < bytes.Length;)
        {
            Rune.DecodeFromUtf8(bytes.AsSpan(at), out _, out int length);
            Add(bytes.AsSpan(at, length));
            at += length;
        }

        return PairMerging.Run(symbols, (int left, int right, out int joined, out double rank) =>
        {
            bool found = _ids.TryGet(_tokens[left], _tokens[right], out joined);
            rank = found ? -_scores[joined] : 0;
            return found;
        });

        void Add(ReadOnlySpan<byte> character)
        {
            if (_ids.TryGet(character, [], out int id)) symbols.Add(id);
            else foreach (byte b in character) symbols.Add(FirstByte + b);
        }
    }

    public override ReadOnlyMemory<byte> Bytes(int id) => _tokens[Checked(id)];

    public override string Decode(IEnumerable<int> ids)
    {
        string text = base.Decode(ids);
        return text.StartsWith(' ') ? text[1..] : text;
    }
}
