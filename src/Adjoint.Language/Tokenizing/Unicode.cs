using System.Text;

namespace Adjoint.Language.Tokenizing;

/// <summary>Text as bytes, where nothing is replaced silently.</summary>
internal static class Unicode
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[] Bytes(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return Strict.GetBytes(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException($"tokenizer: text must be valid Unicode, but character {e.Index} is half of a surrogate pair, U+{(int)text[e.Index]:X4}.", e);
        }
    }

    /// <summary>The text of bytes; null where they are no UTF-8.</summary>
    public static string? Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
