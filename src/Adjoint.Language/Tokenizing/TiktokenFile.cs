using System.Globalization;
using Adjoint.Formats;

namespace Adjoint.Language.Tokenizing;

/// <summary>A file of tiktoken: on each line the bytes of a token in base 64, and its id. Lower ids are joined first.</summary>
internal static class TiktokenFile
{
    const string End = "<|endoftext|>";

    /// <summary>The files do not say how texts are cut, nor where a text ends: their names do.</summary>
    static readonly Dictionary<string, (string Pattern, int End)> Known = new()
    {
        ["r50k_base"] = (TextSplitter.Gpt2, 50_256), ["p50k_base"] = (TextSplitter.Gpt2, 50_256), ["cl100k_base"] = (TextSplitter.Cl100k, 100_257), ["o200k_base"] = (TextSplitter.O200k, 199_999),
    };

    public static BytePairTokenizer Read(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        if (!Known.TryGetValue(name, out (string Pattern, int End) known))
            throw new FormatException($"tokenizer: the name of a tiktoken file says how texts are cut, and {string.Join(", ", Known.Keys)} are known, but it is {name.Quoted()}. Hint: BytePairTokenizer.LoadTiktoken takes the pattern.");
        return Read(path, known.Pattern, known.End);
    }

    public static BytePairTokenizer Read(string path, string pattern, int? end)
    {
        string file = path.Quoted();
        string text = Unicode.Text(File.ReadAllBytes(path)) ?? throw new FormatException($"tokenizer: a tiktoken file is text, but {file} is not.");
        Dictionary<int, byte[]> tokens = [];
        int line = 0;
        foreach (ReadOnlySpan<char> row in text.AsSpan().EnumerateLines())
        {
            line++;
            if (row.IsEmpty) continue;
            int space = row.IndexOf(' ');
            byte[] bytes = new byte[Math.Max(space, 0)];
            if (space <= 0 || !Convert.TryFromBase64Chars(row[..space], bytes, out int length) || length == 0 || !int.TryParse(row[(space + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                throw new FormatException($"tokenizer: a line of a tiktoken file is base 64 and a number, but line {line} of {file} is not.");
            if (!tokens.TryAdd(id, bytes[..length])) throw new FormatException($"tokenizer: ids must be unique, but {id} occurs twice in {file}.");
        }

        if (tokens.Count == 0) throw new FormatException($"tokenizer: a vocabulary has tokens, but {file} has none.");
        // Names of published files promise ids up to that of the end.
        int largest = Math.Max(tokens.Keys.Max(), end is { } e && e < (2L * tokens.Count) + 1024 ? e : 0);
        if (largest >= (2L * tokens.Count) + 1024) throw new FormatException($"tokenizer: ids must have few gaps, but {file} has {tokens.Count} tokens and the id {largest}.");
        byte[][] all = [.. Enumerable.Range(0, largest + 1).Select(id => tokens.GetValueOrDefault(id) ?? [])];
        int? known = end <= largest && !tokens.ContainsKey(end.Value) ? end : null;
        return new(new(all, _ => true), new(pattern), known is { } special ? [new(special, End, IsSpecial: true)] : []) { BosId = known, EosId = known };
    }
}
