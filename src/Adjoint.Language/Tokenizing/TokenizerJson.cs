using System.Text;
using System.Text.Json;
using Adjoint.Language.Folders;

namespace Adjoint.Language.Tokenizing;

/// <summary>Reads a <c>tokenizer.json</c>: byte pair encodings over bytes or characters, and vocabularies of characters.</summary>
/// <remarks>What would be computed otherwise than written there is an error: an unknown step never changes ids silently.</remarks>
internal static class TokenizerJson
{
    public const string FileName = "tokenizer.json";

    const int MostTokens = 1 << 24;

    static readonly string[] BosNames = ["<s>", "<|begin_of_text|>", "<|startoftext|>", "<|endoftext|>"], EosNames = ["</s>", "<|end_of_text|>", "<|endoftext|>"];

    public static Tokenizer Read(string path)
    {
        JsonFile root = JsonFile.Read(path);
        JsonFile model = root.Object("model") ?? throw new FormatException($"tokenizer: a {FileName} has a model, but {root.File} has none.");
        string? kind = model.Text("type");
        if (kind == "WordLevel") return Characters(root, model);
        if (kind is not (null or "BPE")) throw model.Unsupported("type", "models of the kinds \"BPE\" and \"WordLevel\" are read");
        foreach (string affix in (string[])["continuing_subword_prefix", "end_of_word_suffix"]) if (model.Text(affix) is { Length: > 0 }) throw model.Unsupported(affix, "tokens are parts of a text as they are");
        if (model.Has("dropout") && model.Number("dropout") != 0) throw model.Unsupported("dropout", "encoding is not random");

        TokenizerSteps steps = TokenizerSteps.Read(root);
        TokenizerBuilder builder = new(root.File, steps.ByCharacter);
        JsonFile vocabulary = model.Object("vocab") ?? throw new FormatException($"tokenizer: a model has a vocabulary, but that of {root.File} has none.");
        foreach (JsonFile added in root.Objects("added_tokens")) builder.Add(Added(added));
        HashSet<string> addedTexts = [.. builder.Added.Select(a => a.Text)];
        foreach ((string name, JsonElement value) in vocabulary.Entries())
        {
            int id = vocabulary.IntegerOf(name, value, MostTokens);
            if (!addedTexts.Contains(name)) builder.Token(name, id);
        }

        foreach ((string left, string right) in Merges(root, model)) builder.Merge(left, right);
        (string? bos, string? eos) = Ends(path);
        return new BytePairTokenizer(builder.Build(model.Flag("ignore_merges", false)), steps.Splitter, builder.Added)
        {
            ByCharacter = steps.ByCharacter, SpaceBefore = steps.SpaceBefore, Json = File.ReadAllBytes(path),
            BosId = builder.Find([bos, .. BosNames]), EosId = builder.Find([eos, .. EosNames]),
        };
    }

    static AddedToken Added(JsonFile token)
    {
        bool isSpecial = token.Flag("special", false);
        foreach (string flag in (string[])["single_word", "lstrip", "rstrip"]) if (!isSpecial && token.Flag(flag, false)) throw token.Unsupported(flag, "added tokens that are text stand for themselves alone");
        return new(
            token.Integer("id", 0, MostTokens) ?? throw new FormatException($"tokenizer: an added token has an id, but one in {token.File} has none."),
            token.Text("content") ?? throw new FormatException($"tokenizer: an added token has content, but one in {token.File} has none."),
            isSpecial);
    }

    // Older files have "a b", newer ones ["a", "b"].
    static IEnumerable<(string Left, string Right)> Merges(JsonFile root, JsonFile model)
    {
        foreach (JsonElement merge in model.List("merges"))
        {
            string[] parts = merge.ValueKind switch
            {
                JsonValueKind.String => model.TextOf("merges", merge).Split(' '),
                JsonValueKind.Array => [.. merge.EnumerateArray().Take(3).Select(p => model.TextOf("merges", p))],
                _ => [],
            };
            if (parts is not [{ Length: > 0 } left, { Length: > 0 } right]) throw new FormatException($"tokenizer: a merge is two tokens, but one in {root.File} is not.");
            yield return (left, right);
        }
    }

    static (string? Bos, string? Eos) Ends(string path)
    {
        string config = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "tokenizer_config.json");
        if (!File.Exists(config)) return default;
        JsonFile file = JsonFile.Read(config);
        return (Name("bos_token"), Name("eos_token"));

        string? Name(string token) => file.Entries().Where(e => e.Name == token).Select(e => e.Value.ValueKind switch
        {
            JsonValueKind.Object => file.Object(token)!.Text("content"),
            JsonValueKind.Null => null,
            _ => file.Text(token),
        }).FirstOrDefault();
    }

    static CharacterTokenizer Characters(JsonFile root, JsonFile model)
    {
        if (root.Object("pre_tokenizer")?.Object("pattern")?.Text("Regex") != TokenizerJsonText.AnyCharacter)
            throw new FormatException($"tokenizer: a vocabulary of words is read if they are single characters, but {root.File} cuts texts otherwise.");
        JsonFile vocabulary = model.Object("vocab") ?? throw new FormatException($"tokenizer: a model has a vocabulary, but that of {root.File} has none.");
        SortedDictionary<int, Rune> characters = [];
        foreach ((string name, JsonElement value) in vocabulary.Entries())
        {
            if (!Rune.TryGetRuneAt(name.Length == 0 ? "\ud800" : name, 0, out Rune character) || character.Utf16SequenceLength != name.Length || !characters.TryAdd(vocabulary.IntegerOf(name, value, MostTokens), character))
                throw new FormatException($"tokenizer: a vocabulary of characters has one for each id, but that of {root.File} has not.");
        }

        if (characters.Count == 0 || characters.Keys.Last() != characters.Count - 1) throw new FormatException($"tokenizer: a vocabulary of characters has one for each id, but that of {root.File} has not.");
        return new([.. characters.Values]);
    }
}
