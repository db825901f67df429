using System.Text;
using System.Text.Json;
using Adjoint.Language;
using Adjoint.Language.Tokenizing;
using Adjoint.Tests.Formats;

namespace Adjoint.Tests.Language;

/// <summary>Small files as Llama 2 and Llama 3 have them.</summary>
static class LlamaJson
{
    /// <summary>Characters with byte fallback, ▁ for spaces.</summary>
    public static string Text { get; } = JsonSerializer.Serialize(new
    {
        version = "1.0",
        added_tokens = new[] { Special(0, "<unk>"), Special(1, "<s>"), Special(2, "</s>") },
        normalizer = new { type = "Sequence", normalizers = new object[] { new { type = "Prepend", prepend = "▁" }, new { type = "Replace", pattern = new { String = " " }, content = "▁" } } },
        pre_tokenizer = (object?)null,
        decoder = new { type = "Sequence", decoders = new object[] { new { type = "ByteFallback" }, new { type = "Fuse" } } },
        model = new { type = "BPE", unk_token = "<unk>", fuse_unk = true, byte_fallback = true, vocab = Vocabulary(), merges = (string[])["▁ a", "l l", "▁ ▁", "h e", "he ll", "hell o", "▁ hello"] },
    });

    public static Tokenizer Load() => Load(Text);

    public static Tokenizer Load(string json)
    {
        using TemporaryFolder folder = new();
        return Tokenizer.Load(folder.Write("tokenizer.json", Encoding.UTF8.GetBytes(json)));
    }

    /// <summary>Bytes, cut as Llama 3 cuts, with a special token.</summary>
    public static Tokenizer LoadSplit() => Load(Split());

    public static string Split()
    {
        using TemporaryFolder folder = new();
        BpeTraining.Train(Texts.Training, 330, TextSplitter.Cl100k).Save(folder.File("tokenizer.json"));
        return File.ReadAllText(folder.File("tokenizer.json"));
    }

    static object Special(int id, string content) => new { id, content, single_word = false, lstrip = false, rstrip = false, normalized = false, special = true };

    static Dictionary<string, int> Vocabulary()
    {
        List<string> tokens = ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(b => $"<0x{b:X2}>"), "▁", "a", "h", "e", "l", "o", "▁a", "ll", "▁▁", "he", "hell", "hello", "▁hello"];
        return tokens.Select((t, i) => (t, i)).ToDictionary(t => t.t, t => t.i);
    }
}
