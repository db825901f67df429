using System.Text;
using Adjoint.Language;
using Adjoint.Language.Llama2C;
using Adjoint.Tests.Formats;
using CsCheck;
using Xunit;

namespace Adjoint.Tests.Language;

/// <summary>llama2.c's tokenizer, against its own algorithm written plainly.</summary>
public class Llama2CTokenizerTests
{
    static readonly Llama2CTokenizer Tokenizer = Llama2CTokenizer.Open(Llama2CTests.Tok512);

    [Theory]
    [InlineData("Once upon a time, there was a little girl named Lily", new[] { 403, 407, 261, 378, 432, 383, 286, 261, 376, 298, 315, 421 })]
    [InlineData("", new int[0])]
    public void Known_texts_have_known_ids(string text, int[] ids)
    {
        // The ids of the first are the first that the model says, up to where it goes on with another word.
        Assert.Equal(ids, Tokenizer.Encode(text).Take(ids.Length));
        Assert.Equal(text, Tokenizer.Decode([1, .. Tokenizer.Encode(text)]));
    }

    [Fact]
    public void Characters_that_are_no_token_become_bytes()
    {
        Assert.Equal([.. "中 😀"u8.ToArray().Where(b => b != ' ').Select(b => b + 3)], Tokenizer.Encode("中 😀").Where(id => id < 259));
        Assert.Equal("中 😀", Tokenizer.Decode(Tokenizer.Encode("中 😀")));
        Assert.Equal([0xF0], Tokenizer.Bytes(0xF0 + 3).ToArray());
        Assert.Empty(Tokenizer.Bytes(1).ToArray());
    }

    [Fact]
    public void Pairs_are_joined_as_in_the_plain_algorithm() =>
        Gen.OneOf(Gen.String[Gen.Char["abcdehilnot ,.\n"], 0, 60], Gen.String[0, 20]).Where(s => !s.Any(char.IsSurrogate)).Sample(text => Assert.Equal(Plain(text), Tokenizer.Encode(text)));

    [Fact]
    public void A_lone_surrogate_is_refused() => Assert.Equal(
        "tokenizer: text must be valid Unicode, but character 1 is half of a surrogate pair, U+D800.",
        Assert.Throws<ArgumentException>(() => Tokenizer.Encode("a\ud800b")).Message);

    [Theory, InlineData(-1), InlineData(512)]
    public void An_id_that_is_no_token_is_refused(int id)
    {
        Assert.StartsWith($"tokenizer: ids must be from 0 to 511, but one is {id}.", Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.Bytes(id)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.Decode([id]));
    }

    public static TheoryData<byte[], string> Broken
    {
        get
        {
            byte[] valid = File.ReadAllBytes(Llama2CTests.Tok512);
            byte[] Changed(int at, params byte[] bytes)
            {
                byte[] changed = [.. valid];
                bytes.CopyTo(changed, at);
                return changed;
            }

            return new()
            {
                { [1], "tokenizer: a file of llama2.c begins with the length of its longest token, but FILE has 1 bytes." },
                { valid[..40], "tokenizer: a token must lie within the file, but token 2 in FILE has 6 bytes and 2 are left." },
                { valid[..33], "tokenizer: a file of llama2.c ends with a token, but FILE ends within token 2." },
                { valid[..4], "tokenizer: a file of llama2.c has three tokens without text and 256 bytes, but FILE has 0 tokens." },
                { Changed(4, 0, 0, 0xC0, 0x7F), "tokenizer: scores must be finite numbers, but that of token 0 in FILE is not." },
                { Changed(8, 255, 255, 255, 255), "tokenizer: a token must lie within the file, but token 0 in FILE has -1 bytes and 6215 are left." },
                { Changed(valid.AsSpan().IndexOf("<0x07>"u8), (byte)'?'), "tokenizer: tokens 3 to 258 of llama2.c are the bytes, but token 10 in FILE is not '<0x07>'." },
            };
        }
    }

    [Theory, MemberData(nameof(Broken))]
    public void A_broken_file_is_refused(byte[] bytes, string sentence)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("t.bin", bytes);
        Assert.Equal(sentence.Replace("FILE", $"'{path}'", StringComparison.Ordinal), Assert.Throws<FormatException>(() => Llama2CTokenizer.Open(path)).Message);
    }

    /// <summary>run.c's loop: look at all pairs, join the best, begin again.</summary>
    static List<int> Plain(string text)
    {
        List<int> ids = [];
        if (text.Length == 0) return ids;
        Dictionary<string, int> known = [];
        float[] scores = new float[512];
        byte[] file = File.ReadAllBytes(Llama2CTests.Tok512);
        for (int at = 4, id = 0; at < file.Length; id++)
        {
            scores[id] = BitConverter.ToSingle(file, at);
            int length = BitConverter.ToInt32(file, at + 4);
            if (id >= 259) known.TryAdd(Encoding.Latin1.GetString(file, at + 8, length), id);
            at += 8 + length;
        }

        string[] texts = new string[512];
        for (int i = 0; i < 256; i++) texts[3 + i] = $"{(char)i}";
        foreach ((string token, int id) in known) texts[id] = token;
        foreach (Rune rune in $" {text}".EnumerateRunes())
        {
            string bytes = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(rune.ToString()));
            if (known.TryGetValue(bytes, out int id)) ids.Add(id);
            else ids.AddRange(bytes.Select(b => b + 3));
        }

        while (true)
        {
            (float best, int at, int joined) = (-1e10f, -1, 0);
            for (int i = 0; i + 1 < ids.Count; i++)
                if (known.TryGetValue(texts[ids[i]] + texts[ids[i + 1]], out int id) && scores[id] > best) (best, at, joined) = (scores[id], i, id);
            if (at < 0) return ids;
            ids[at] = joined;
            ids.RemoveAt(at + 1);
        }
    }
}
