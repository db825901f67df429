using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Formats;

namespace Adjoint.Cli.Recipes;

/// <summary>A text that language models learn to go on with.</summary>
[Kind("text", "A UTF-8 text for language models; its end is kept for validation.")]
internal sealed record TextData : DataRecipe
{
    /// <summary>GPT-2's.</summary>
    public const int UsualVocabulary = 50_257;

    [Description("The file; a relative path starts at the recipe's folder. Where it is left out, --data names it.")]
    public string? File { get; init; }

    [Description("What a token is: a character of the text, a byte of its UTF-8 form (256 tokens), or a byte pair, as in GPT-2.")]
    public TokenKind Tokens { get; init; } = TokenKind.Characters;

    [Description("For byte pairs: a tokenizer.json, a vocab.json with merges.txt beside it, or a folder with either. Left out, a tokenizer is learned from the part of the text to train on.")]
    public string? Tokenizer { get; init; }

    [Description("The most tokens of a tokenizer that is learned; GPT-2's 50257 when left out.")]
    [AtLeast(257)]
    [AtMost(1 << 24)]
    public int? Vocabulary { get; init; }

    [Description("How many tokens a row has.")]
    [AtLeast(1)]
    [AtMost(1 << 20)]
    public int Context { get; init; } = 64;

    [Description("How many tokens after each other training rows begin; the context when left out, so that every token comes once in an epoch.")]
    [AtLeast(1)]
    public int? Stride { get; init; }

    [Description("The share of the text that the best epoch is chosen by, all of it.")]
    [Above(0)]
    [Below(1)]
    public double Validation { get; init; } = 0.1;

    [Description("The share of the text, at its end, that is kept for the test; 0: none.")]
    [AtLeast(0)]
    [Below(1)]
    public double Test { get; init; }

    public override TaskKind Task => TaskKind.Tokens;

    public override bool IsNormalized => false;

    public override int RowsToJudge(int batchSize) => batchSize;

    public override DataRecipe At(string folder) => this with { File = Whole(File, folder), Tokenizer = Whole(Tokenizer, folder) };

    public override DataRecipe From(string file) => this with { File = file };

    public override Task<Splits> Load(DataSource source, Generator random)
    {
        string path = source.Find(File);
        TextTokens text = TextTokens.Read(path, this, source.Tokenizer ?? (Tokenizer is null ? null : source.Near(Tokenizer)), source.Cancellation);
        (int trained, int validated, int all) = (text.Trained, text.Validated, text.All.Length);
        var facts = new DataFacts([Context], [], text.Vocabulary, text.Characters, text.Digest);
        return System.Threading.Tasks.Task.FromResult(new Splits(Rows(0, trained, "training", Stride ?? Context), Rows(trained, validated, "validation"), Test > 0 ? Rows(validated, all, "test") : null, facts)
        {
            // As much as there is to validate: all of a large text would take longer than what was learned of it.
            Learned = Rows(Math.Max(0, trained - (validated - trained)), trained, "training"),
            Tokenizer = text.Tokenizer,
        });

        TextRows Rows(int from, int to, string part, int? stride = null) => to - from > Context ? new(text.All, from, to, Context, stride ?? Context) { TakesRest = stride is null }
            : throw new Adjoint.Data.DataException($"data: each part of a text must have more tokens than the context of {Context}, but the {part} part of {path.Quoted()} has {to - from} of its {all} tokens.");
    }

    public override Tensor ReadInputs(string path, DataFacts facts) =>
        throw new UsageException("predict: a model must give classes or numbers to be asked for them, but this one goes on with a text.");

    public override IEnumerable<(string Property, string Sentence)> Mismatches()
    {
        string? given = Tokenizer is not null ? "tokenizer" : Vocabulary is not null ? "vocabulary" : null;
        if (given is not null && Tokens != TokenKind.BytePairs) yield return ("data", $"data.{given} is for byte pairs, but data.tokens is {(Tokens == TokenKind.Bytes ? "bytes" : "characters")}.");
        if (Tokenizer is not null && Vocabulary is not null) yield return ("data", $"data.vocabulary is for a tokenizer that is learned, but data.tokenizer is {Tokenizer.Quoted()}.");
        foreach ((string property, string sentence) in Shares.Check(Validation, Test)) yield return (property, sentence);
    }

    static string? Whole(string? path, string folder) => path is null ? null : Path.GetFullPath(path, folder);
}

/// <summary>What a token of a text is.</summary>
internal enum TokenKind
{
    Characters,
    Bytes,
    BytePairs,
}
