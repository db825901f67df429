using System.Globalization;
using Adjoint.Formats;

namespace Adjoint.Language.Tokenizing;

/// <summary>Collects a vocabulary and its merges, as files spell them, and checks them against each other.</summary>
/// <param name="file">Where they come from, quoted.</param>
/// <param name="byCharacter">Whether tokens are spelled as text with ▁ for spaces and &lt;0x0A&gt; for bytes; otherwise in GPT-2's alphabet of bytes.</param>
internal sealed class TokenizerBuilder(string file, bool byCharacter)
{
    const char Space = '▁';

    readonly Dictionary<string, int> _ids = [];
    readonly Dictionary<(int, int), (int, int)> _merges = [];
    readonly Dictionary<int, AddedToken> _added = [];

    public void Token(string token, int id) => _ids.Add(token, id);

    public void Add(AddedToken token)
    {
        if (!_added.TryAdd(token.Id, token)) throw new FormatException($"tokenizer: ids must be unique, but {token.Id} occurs twice among the added tokens of {file}.");
    }

    public void Merge(string left, string right)
    {
        (int first, int second, int joined) = (Known(left), Known(right), Known(left + right));
        // Of two equal merges the first is used.
        _merges.TryAdd((first, second), (_merges.Count, joined));

        int Known(string token) => _ids.TryGetValue(token, out int id) ? id : throw new FormatException($"tokenizer: what is joined must be tokens, but {token.Quoted()} of {left.Quoted()} and {right.Quoted()} in {file} is none.");
    }

    public int? Find(string? token) => token is null ? null : _ids.TryGetValue(token, out int id) ? id : _added.Values.Where(t => t.Text == token).Select(t => (int?)t.Id).FirstOrDefault();

    /// <summary>The id of the first of these names that is a token.</summary>
    public int? Find(params IEnumerable<string?> names) => names.Select(Find).FirstOrDefault(id => id is not null);

    public IReadOnlyList<AddedToken> Added => [.. _added.Values.OrderBy(t => t.Id)];

    public BytePairs Build(bool wholeFirst)
    {
        byte[]?[] tokens = new byte[]?[Count()];
        List<(byte Value, int Id)> bytes = [];
        foreach ((string token, int id) in _ids)
        {
            if (tokens[id] is not null) throw new FormatException($"tokenizer: ids must be unique, but {id} occurs twice in {file}.");
            tokens[id] = _added.ContainsKey(id) ? [] : Spelled(token);
            if (byCharacter && Byte(token) is { } value) bytes.Add((value, id));
        }

        foreach (AddedToken added in _added.Values) tokens[added.Id] = added.IsSpecial ? [] : Unicode.Bytes(added.Text);
        HashSet<int> noText = [.. bytes.Select(b => b.Id), .. _added.Keys];
        BytePairs pairs = new([.. tokens.Select(t => t ?? [])], id => !noText.Contains(id)) { Merges = _merges, WholeFirst = wholeFirst };
        foreach ((byte value, int id) in bytes) pairs.ByteIs(value, id);
        return pairs;
    }

    // Ids come from the file: the table must not be larger than it.
    int Count()
    {
        int count = _ids.Count + _added.Count, largest = _ids.Values.Concat(_added.Keys).DefaultIfEmpty(-1).Max();
        if (count == 0) throw new FormatException($"tokenizer: a vocabulary has tokens, but {file} has none.");
        if (largest >= (2L * count) + 1024) throw new FormatException($"tokenizer: ids must have few gaps, but {file} has {count} tokens and the id {largest}.");
        return largest + 1;
    }

    byte[] Spelled(string token)
    {
        if (!byCharacter) return ByteAlphabet.Read(token) ?? throw new FormatException($"tokenizer: tokens must be spelled in GPT-2's alphabet of bytes, but {token.Quoted()} in {file} is not.");
        return Byte(token) is { } value ? [value] : Unicode.Bytes(token.Replace(Space, ' '));
    }

    static byte? Byte(string token) =>
        token is ['<', '0', 'x', _, _, '>'] && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value) ? value : null;
}
