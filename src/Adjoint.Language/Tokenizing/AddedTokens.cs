using System.Text.RegularExpressions;

namespace Adjoint.Language.Tokenizing;

/// <summary>A token that was added to a vocabulary; special ones are no text and never come out of it.</summary>
internal readonly record struct AddedToken(int Id, string Text, bool IsSpecial);

/// <summary>Finds added tokens that are text before anything else cuts it.</summary>
internal sealed class AddedTokens
{
    readonly Dictionary<string, int> _ids = [];
    readonly Regex? _regex;

    public AddedTokens(IReadOnlyList<AddedToken> all)
    {
        All = all;
        foreach (AddedToken token in all.Where(t => !t.IsSpecial && t.Text.Length > 0)) _ids.TryAdd(token.Text, token.Id);
        // The longest first: alternatives are tried in order.
        if (_ids.Count > 0) _regex = new(string.Join('|', _ids.Keys.OrderByDescending(t => t.Length).ThenBy(t => t, StringComparer.Ordinal).Select(Regex.Escape)), RegexOptions.CultureInvariant);
    }

    public IReadOnlyList<AddedToken> All { get; }

    /// <summary>The text in parts, those that are added tokens with their ids.</summary>
    public IEnumerable<(string Text, int? Id)> Split(string text)
    {
        int from = 0;
        if (_regex is not null)
        {
            foreach (Match match in _regex.Matches(text))
            {
                if (match.Index > from) yield return (text[from..match.Index], null);
                yield return (match.Value, _ids[match.Value]);
                from = match.Index + match.Length;
            }
        }

        if (from < text.Length) yield return (text[from..], null);
    }
}
