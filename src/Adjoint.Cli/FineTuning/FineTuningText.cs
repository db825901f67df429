using System.Text;
using Adjoint.Cli.Recipes;
using Adjoint.Data;
using Adjoint.Formats;
using Adjoint.Language;

namespace Adjoint.Cli.FineTuning;

/// <summary>A text as rows of tokens: its first part to learn from, its last part held out.</summary>
/// <param name="Train">Rows to learn from.</param>
/// <param name="HeldOut">Rows to judge by; null where none are held out.</param>
/// <param name="Tokens">How many tokens the text has.</param>
internal sealed record FineTuningText(IDataset Train, IDataset? HeldOut, int Tokens)
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Cuts the tokens into rows that lie one behind another; what is left at the end of a part is too short for one.</summary>
    /// <param name="tokens">The text.</param>
    /// <param name="context">The tokens of a row.</param>
    /// <param name="share">What part of the tokens, at the end, is held out.</param>
    /// <exception cref="DataException">A part has no row.</exception>
    public static FineTuningText Of(IReadOnlyList<int> tokens, int context, double share)
    {
        int first = tokens.Count - (int)(tokens.Count * share), last = tokens.Count - first;
        if (first <= context || (share > 0 && last <= context))
            throw new DataException($"finetune: each part of the text must have more tokens than a row of {context}, but there {(share > 0 ? $"are {first} to learn from and {last} held out" : $"are {first}")}. Hint: give more text, or a smaller --context.");
        var all = new TokenSequence(tokens.Count, tokens.Max() + 1);
        for (int i = 0; i < tokens.Count; i++) all[i] = tokens[i];
        return new(new TextRows(all, 0, first, context, context), share > 0 ? new TextRows(all, first, all.Length, context, context) : null, all.Length);
    }

    /// <summary>The tokens of a text. Where the model has a token that texts begin with (BOS), every line is a text of its own: that token, and the line without its end; empty lines are left out. Other models read the text as it is.</summary>
    public static IReadOnlyList<int> Lines(string text, Tokenizer tokenizer, int? bos)
    {
        if (bos is not { } begin) return tokenizer.Encode(text);
        List<int> tokens = [];
        foreach (string line in text.Split('\n'))
        {
            string content = line.EndsWith('\r') ? line[..^1] : line;
            if (content.Length == 0) continue;
            tokens.Add(begin);
            tokens.AddRange(tokenizer.Encode(content));
        }

        return tokens;
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="FormatException">It is no UTF-8.</exception>
    public static (string Text, long Bytes) Read(string file, string option, string command)
    {
        if (!File.Exists(file)) throw new FileNotFoundException($"{command}: {option} must name a file, but {file.Quoted()} does not exist.");
        byte[] bytes = File.ReadAllBytes(file);
        try
        {
            return (Strict.GetString(bytes), bytes.Length);
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException($"{command}: a text must be UTF-8, but {file.Quoted()} is not.", e);
        }
    }
}
