using System.ComponentModel;
using Adjoint.Cli.Recipes.Files;
using Adjoint.Formats;

namespace Adjoint.Cli.Recipes;

/// <summary>A text that language models learn to go on with.</summary>
[Kind("text", "A UTF-8 text for language models; its end is kept for validation.")]
internal sealed record TextData : DataRecipe
{
    [Description("The file; a relative path starts at the recipe's folder.")]
    public required string File { get; init; }

    [Description("What a token is: a character of the text, or a byte of its UTF-8 form (256 tokens).")]
    public TokenKind Tokens { get; init; } = TokenKind.Characters;

    [Description("How many tokens a row has.")]
    [AtLeast(1)]
    [AtMost(1 << 20)]
    public int Context { get; init; } = 64;

    [Description("How many tokens after each other training rows begin; the context when left out, so that every token comes once in an epoch.")]
    [AtLeast(1)]
    public int? Stride { get; init; }

    [Description("The share of the text that the best epoch is chosen by.")]
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

    public override DataRecipe At(string folder) => this with { File = Path.GetFullPath(File, folder) };

    public override Task<Splits> Load(DataSource source, Generator random)
    {
        string path = source.Find(File);
        (long[] tokens, string? characters) = TextTokens.Read(path, Tokens);
        int test = (int)(tokens.Length * (1 - Test)), validation = (int)(tokens.Length * (1 - Test - Validation));
        TextRows? last = Test > 0 ? Rows(test, tokens.Length, Context, "test") : null;
        var facts = new DataFacts([Context], [], characters is null ? 256 : TextTokens.Count(characters), characters);
        return System.Threading.Tasks.Task.FromResult(new Splits(Rows(0, validation, Stride ?? Context, "training"), Rows(validation, test, Context, "validation"), last, facts) { Learned = Rows(0, validation, Context, "training") });

        TextRows Rows(int from, int to, int stride, string part) => to - from > Context ? new(tokens, from, to, Context, stride)
            : throw new Adjoint.Data.DataException($"data: each part of a text must have more tokens than the context of {Context}, but the {part} part of {path.Quoted()} has {to - from} of its {tokens.Length} tokens.");
    }

    public override Tensor ReadInputs(string path, DataFacts facts) =>
        throw new UsageException("predict: a model must give classes or numbers to be asked for them, but this one goes on with a text.");

    public override IEnumerable<(string Property, string Sentence)> Mismatches() => Shares.Check(Validation, Test);
}

/// <summary>What a token of a text is.</summary>
internal enum TokenKind
{
    Characters,
    Bytes,
}
