using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Adjoint.Formats;

namespace Adjoint.Language.Tokenizing;

/// <summary>Cuts a text into the pieces that tokens do not cross: what patterns match, and what lies between.</summary>
/// <remarks>
/// The patterns are written for whole characters, but .NET matches halves of surrogate pairs, which are neither letters nor numbers. So characters
/// beyond U+FFFF are matched as another of the same category that is no pair.
/// </remarks>
internal sealed class TextSplitter
{
    /// <summary>Published patterns take steps in proportion to the text; one that does not is stopped.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // By UnicodeCategory; categories that have no characters beyond U+FFFF, too.
    const string StandIns = "Āā\u01c5ʰ一\u0300\u0903\u0488٠Ⅰ² \u2028\u2029\u0085\u00ad\ud800\ue000\u203f\u2010\u2045\u2046«»§±¤¨¦\u0378";

    readonly Regex[] _regexes;

    public TextSplitter(params string[] patterns)
    {
        Patterns = patterns;
        _regexes = [.. patterns.Select(Compile)];
    }

    public const string Gpt2 = @"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public const string Cl100k = @"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+";

    public const string O200k =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>What cuts, one after another: each cuts the pieces of the one before.</summary>
    public IReadOnlyList<string> Patterns { get; }

    /// <summary>The pieces, whose concatenation is the text.</summary>
    public IEnumerable<string> Split(string text)
    {
        IEnumerable<string> pieces = [text];
        foreach (Regex regex in _regexes) pieces = pieces.SelectMany(p => Split(p, regex));
        return pieces;
    }

    public static char StandIn(UnicodeCategory category) => StandIns[(int)category];

    static List<string> Split(string text, Regex regex)
    {
        string matched = text;
        int[]? starts = null;
        if (text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') >= 0) (matched, starts) = WithoutPairs(text);
        List<string> pieces = [];
        int from = 0;
        try
        {
            foreach (ValueMatch match in regex.EnumerateMatches(matched))
            {
                Add(from, match.Index);
                Add(match.Index, match.Index + match.Length);
                from = match.Index + match.Length;
            }
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new ArgumentException($"tokenizer: a text must be cut in reasonable time, but {((string)regex.ToString()).Quoted()} takes more than {Patience.TotalSeconds} s for one piece of it.", e);
        }

        Add(from, matched.Length);
        return pieces;

        void Add(int start, int end)
        {
            if (end > start) pieces.Add(starts is null ? text[start..end] : text[starts[start]..starts[end]]);
        }
    }

    static (string Text, int[] Starts) WithoutPairs(string text)
    {
        StringBuilder single = new(text.Length);
        List<int> starts = new(text.Length + 1);
        for (int at = 0; at < text.Length;)
        {
            bool isPair = Rune.TryGetRuneAt(text, at, out Rune rune) && !rune.IsBmp;
            starts.Add(at);
            single.Append(isPair ? StandIn(Rune.GetUnicodeCategory(rune)) : text[at]);
            at += isPair ? 2 : 1;
        }

        starts.Add(text.Length);
        return (single.ToString(), [.. starts]);
    }

    static Regex Compile(string pattern)
    {
        try
        {
            return new(pattern, RegexOptions.CultureInvariant, Patience);
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"tokenizer: a pattern must be a regular expression, but {pattern.Quoted()} is not: {e.Message}", e);
        }
    }
}
