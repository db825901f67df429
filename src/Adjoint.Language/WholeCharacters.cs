using System.Text;

namespace Adjoint.Language;

/// <summary>Bytes as they come, made into text as soon as a character is whole.</summary>
internal sealed class WholeCharacters
{
    readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    /// <summary>The characters that these bytes complete; bytes that can become none are U+FFFD.</summary>
    public string Take(ReadOnlySpan<byte> bytes) => Decode(bytes, flush: false);

    /// <summary>What is left when no bytes come any more: U+FFFD, or nothing.</summary>
    public string End() => Decode([], flush: true);

    string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        char[] characters = new char[_decoder.GetCharCount(bytes, flush)];
        int count = _decoder.GetChars(bytes, characters, flush);
        return new(characters, 0, count);
    }
}
