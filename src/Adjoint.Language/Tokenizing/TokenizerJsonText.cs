using System.Text.Encodings.Web;
using System.Text.Json;

namespace Adjoint.Language.Tokenizing;

/// <summary>Tokenizers as the text of a <c>tokenizer.json</c>.</summary>
internal static class TokenizerJsonText
{
    public const string AnyCharacter = @"[\s\S]";

    public static byte[] Of(CharacterTokenizer tokenizer) => Write(json =>
    {
        WriteStart(json, []);
        json.WriteStartObject("pre_tokenizer");
        WriteSplit(json, AnyCharacter);
        json.WriteEndObject();
        json.WriteNull("post_processor");
        json.WriteStartObject("decoder");
        json.WriteString("type", "Fuse");
        json.WriteEndObject();
        json.WriteStartObject("model");
        json.WriteString("type", "WordLevel");
        json.WriteStartObject("vocab");
        for (int id = 0; id < tokenizer.Vocabulary; id++) json.WriteNumber(tokenizer.Characters[id].ToString(), id);
        json.WriteEndObject();
        json.WriteString("unk_token", "");
        json.WriteEndObject();
    });

    public static byte[] Of(BytePairTokenizer tokenizer) => Write(json =>
    {
        List<(string Left, string Right)> merges = Merges(tokenizer);
        WriteStart(json, tokenizer.Added);
        json.WriteStartObject("pre_tokenizer");
        bool isGpt2 = tokenizer.Splitter.Patterns is [TextSplitter.Gpt2];
        if (!isGpt2)
        {
            json.WriteString("type", "Sequence");
            json.WriteStartArray("pretokenizers");
            foreach (string pattern in tokenizer.Splitter.Patterns)
            {
                json.WriteStartObject();
                WriteSplit(json, pattern);
                json.WriteEndObject();
            }

            json.WriteStartObject();
            WriteByteLevel(json, useRegex: false);
            json.WriteEndObject();
            json.WriteEndArray();
        }
        else
        {
            WriteByteLevel(json, useRegex: true);
        }

        json.WriteEndObject();
        json.WriteNull("post_processor");
        json.WriteStartObject("decoder");
        WriteByteLevel(json, useRegex: true);
        json.WriteEndObject();
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteNull("unk_token");
        json.WriteString("continuing_subword_prefix", "");
        json.WriteString("end_of_word_suffix", "");
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", tokenizer.Pairs.WholeFirst);
        json.WritePropertyName("vocab");
        WriteVocabulary(json, tokenizer, withAdded: false);
        json.WriteStartArray("merges");
        foreach ((string left, string right) in merges)
        {
            json.WriteStartArray();
            json.WriteStringValue(left);
            json.WriteStringValue(right);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    public static void WriteVocabulary(Utf8JsonWriter json, BytePairTokenizer tokenizer, bool withAdded)
    {
        Dictionary<int, string> added = tokenizer.Added.ToDictionary(a => a.Id, a => a.Text);
        json.WriteStartObject();
        for (int id = 0; id < tokenizer.Vocabulary; id++)
        {
            bool isAdded = added.TryGetValue(id, out string? text);
            if (isAdded ? withAdded : tokenizer.Pairs.Tokens[id].Length > 0) json.WriteNumber(isAdded ? text! : Spelled(tokenizer, id), id);
        }

        json.WriteEndObject();
    }

    /// <summary>What is joined, in GPT-2's spelling of bytes, the first first.</summary>
    public static List<(string Left, string Right)> Merges(BytePairTokenizer tokenizer) => tokenizer.Pairs.Merges is { } merges
        ? [.. merges.OrderBy(m => m.Value.Rank).Select(m => (Spelled(tokenizer, m.Key.Left), Spelled(tokenizer, m.Key.Right)))]
        : throw new InvalidOperationException("tokenizer: a file of merges needs them, but a tokenizer read from a tiktoken file has none.");

    static string Spelled(BytePairTokenizer tokenizer, int id) => ByteAlphabet.Write(tokenizer.Pairs.Tokens[id]);

    static byte[] Write(Action<Utf8JsonWriter> write)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return [.. buffer.ToArray(), (byte)'\n'];
    }

    static void WriteStart(Utf8JsonWriter json, IReadOnlyList<AddedToken> added)
    {
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        json.WriteStartArray("added_tokens");
        foreach ((int id, string text, bool isSpecial) in added)
        {
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("content", text);
            foreach (string flag in (string[])["single_word", "lstrip", "rstrip", "normalized"]) json.WriteBoolean(flag, false);
            json.WriteBoolean("special", isSpecial);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNull("normalizer");
    }

    static void WriteSplit(Utf8JsonWriter json, string pattern)
    {
        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString("Regex", pattern);
        json.WriteEndObject();
        json.WriteString("behavior", "Isolated");
        json.WriteBoolean("invert", false);
    }

    static void WriteByteLevel(Utf8JsonWriter json, bool useRegex)
    {
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", useRegex);
    }
}
