using System.Text;

namespace Adjoint.Language.Tokenizing;

/// <summary>Ids by the bytes of tokens, found without copying bytes.</summary>
internal sealed class TokenTable
{
    // A byte is a character of Latin-1: so strings can be the keys, whose hash resists chosen ones.
    readonly Dictionary<string, int> _ids = [];
    int _longest;

    public bool TryAdd(ReadOnlySpan<byte> token, int id)
    {
        _longest = Math.Max(_longest, token.Length);
        return _ids.TryAdd(Encoding.Latin1.GetString(token), id);
    }

    /// <summary>The token whose bytes are those of both parts, one behind the other.</summary>
    public bool TryGet(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, out int id)
    {
        int length = left.Length + right.Length;
        id = 0;
        if (length > _longest) return false;
        Span<char> key = length <= 256 ? stackalloc char[length] : new char[length];
        Encoding.Latin1.GetChars(left, key);
        Encoding.Latin1.GetChars(right, key[left.Length..]);
        return _ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out id);
    }
}
