using Adjoint.Language.Folders;

namespace Adjoint.Language.Tokenizing;

/// <summary>What a <c>tokenizer.json</c> does to a text before pairs are joined.</summary>
internal sealed class TokenizerSteps
{
    const string Space = "▁";

    readonly List<string> _patterns = [];

    TokenizerSteps()
    {
    }

    public TextSplitter Splitter => new([.. _patterns]);

    public bool ByCharacter { get; private set; }

    public SpaceBefore SpaceBefore { get; private set; }

    public static TokenizerSteps Read(JsonFile root)
    {
        TokenizerSteps steps = new();
        bool isByteLevel = false;
        foreach (JsonFile step in Flat(root.Object("normalizer"), "normalizers")) steps.Normalize(step);
        foreach (JsonFile step in Flat(root.Object("pre_tokenizer"), "pretokenizers")) isByteLevel |= steps.PreTokenize(step);
        isByteLevel |= Flat(root.Object("decoder"), "decoders").Any(d => d.Text("type") == "ByteLevel");
        bool isFallback = root.Object("model")!.Flag("byte_fallback", false);
        if (isByteLevel == (isFallback || steps.ByCharacter)) throw new FormatException($"tokenizer: pairs of bytes or of characters are joined, but {root.File} has {(isByteLevel ? "both" : "neither")} 'ByteLevel' {(isByteLevel ? "and" : "nor")} 'byte_fallback'.");
        steps.ByCharacter = !isByteLevel;
        return steps;
    }

    void Normalize(JsonFile step)
    {
        switch (step.Text("type"))
        {
            case "Prepend":
                if (step.Text("prepend") != Space) throw step.Unsupported("prepend", "a space is put before texts");
                SpaceBefore = SpaceBefore.Always;
                ByCharacter = true;
                break;
            case "Replace":
                if (step.Object("pattern")?.Text("String") != " " || step.Text("content") != Space) throw step.Unsupported("content", "spaces are replaced by ▁");
                ByCharacter = true;
                break;
            default:
                throw Unknown(step, "texts are normalized by \"Prepend\" and \"Replace\"");
        }
    }

    bool PreTokenize(JsonFile step)
    {
        switch (step.Text("type"))
        {
            case "ByteLevel":
                if (step.Flag("use_regex", true)) _patterns.Add(TextSplitter.Gpt2);
                if (step.Flag("add_prefix_space", true)) SpaceBefore = SpaceBefore.BeforeText;
                return true;
            case "Split":
                if (step.Text("behavior") != "Isolated") throw step.Unsupported("behavior", "pieces are kept whole");
                if (step.Flag("invert", false)) throw step.Unsupported("invert", "patterns say what pieces are");
                JsonFile? pattern = step.Object("pattern");
                _patterns.Add(pattern?.Text("Regex") ?? (pattern?.Text("String") is { } text ? System.Text.RegularExpressions.Regex.Escape(text) : throw new FormatException($"tokenizer: a split has a pattern, but one in {step.File} has none.")));
                return false;
            case "Digits":
                _patterns.Add(step.Flag("individual_digits", false) ? @"\p{N}" : @"\p{N}+");
                return false;
            case "Metaspace":
                if ((step.Text("replacement") ?? Space) != Space) throw step.Unsupported("replacement", "spaces are replaced by ▁");
                string scheme = step.Text("prepend_scheme") ?? (step.Flag("add_prefix_space", true) ? "always" : "never");
                if (step.Flag("split", true)) _patterns.Add(" ?[^ ]+| ");
                ByCharacter = true;
                SpaceBefore = scheme == "never" ? SpaceBefore.Never : SpaceBefore.Always;
                return false;
            default:
                throw Unknown(step, "texts are cut by \"ByteLevel\", \"Split\", \"Digits\" and \"Metaspace\"");
        }
    }

    static FormatException Unknown(JsonFile step, string rule) => step.Has("type") ? step.Unsupported("type", rule) : new($"tokenizer: a step has a type, but one in {step.File} has none.");

    static IEnumerable<JsonFile> Flat(JsonFile? step, string list) => step is null ? [] : step.Text("type") == "Sequence" ? step.Objects(list) : [step];
}
