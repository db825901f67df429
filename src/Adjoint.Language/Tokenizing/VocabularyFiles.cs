using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Adjoint.Formats;
using Adjoint.Language.Folders;

namespace Adjoint.Language.Tokenizing;

/// <summary>GPT-2's two files: <c>vocab.json</c>, ids by token, and <c>merges.txt</c>, a pair a line in the order of learning.</summary>
internal static class VocabularyFiles
{
    public const string Vocabulary = "vocab.json", Merges = "merges.txt";

    const string End = "<|endoftext|>";
    const int MostTokens = 1 << 24;

    public static BytePairTokenizer Read(string path, string merges)
    {
        JsonFile vocabulary = JsonFile.Read(path);
        TokenizerBuilder builder = new(vocabulary.File, byCharacter: false);
        foreach ((string name, JsonElement value) in vocabulary.Entries())
        {
            int id = vocabulary.IntegerOf(name, value, MostTokens);
            if (name == End) builder.Add(new(id, End, IsSpecial: true));
            else builder.Token(name, id);
        }

        int line = 0;
        string text = Unicode.Text(File.ReadAllBytes(merges)) ?? throw new FormatException($"tokenizer: merges must be UTF-8, but {merges.Quoted()} is not.");
        foreach (ReadOnlySpan<char> pair in text.AsSpan().EnumerateLines())
        {
            line++;
            if (pair.IsEmpty || (line == 1 && pair.StartsWith("#version"))) continue;
            int space = pair.IndexOf(' ');
            if (space <= 0 || space == pair.Length - 1 || pair[(space + 1)..].Contains(' ')) throw new FormatException($"tokenizer: a merge is two tokens with a space between them, but line {line} of {merges.Quoted()} is {pair.Quoted()}.");
            builder.Merge(pair[..space].ToString(), pair[(space + 1)..].ToString());
        }

        return new(builder.Build(wholeFirst: false), new(TextSplitter.Gpt2), builder.Added) { BosId = builder.Find(End), EosId = builder.Find(End) };
    }

    public static void Write(string folder, BytePairTokenizer tokenizer)
    {
        if (tokenizer.ByCharacter || tokenizer.SpaceBefore != SpaceBefore.Never || tokenizer.Splitter.Patterns is not [TextSplitter.Gpt2] || tokenizer.Added.Any(a => a is not { Text: End, IsSpecial: true }))
            throw new InvalidOperationException("tokenizer: vocab.json and merges.txt hold a tokenizer like GPT-2's, but this one cuts texts otherwise. Hint: Save writes a tokenizer.json.");
        List<(string Left, string Right)> merges = TokenizerJsonText.Merges(tokenizer);
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, Vocabulary), stream =>
        {
            using Utf8JsonWriter json = new(stream, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
            TokenizerJsonText.WriteVocabulary(json, tokenizer, withAdded: true);
        });
        string text = string.Concat(["#version: 0.2\n", .. merges.Select(m => $"{m.Left} {m.Right}\n")]);
        AtomicFile.Write(Path.Combine(folder, Merges), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }
}
