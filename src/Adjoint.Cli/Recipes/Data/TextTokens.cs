using System.Text;
using Adjoint.Formats;

namespace Adjoint.Cli.Recipes;

/// <summary>A text as the numbers of its tokens.</summary>
internal static class TextTokens
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file.</summary>
    /// <returns>The tokens, and for <see cref="TokenKind.Characters"/> the characters that the numbers stand for, sorted.</returns>
    /// <exception cref="Adjoint.FormatException">It is no UTF-8.</exception>
    public static (long[] Tokens, string? Characters) Read(string path, TokenKind kind)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (kind == TokenKind.Bytes) return (Array.ConvertAll(bytes, b => (long)b), null);
        try
        {
            Rune[] text = [.. Strict.GetString(bytes).EnumerateRunes()];
            Rune[] characters = [.. text.Distinct().Order()];
            Dictionary<Rune, long> numbers = characters.Index().ToDictionary(c => c.Item, c => (long)c.Index);
            return (Array.ConvertAll(text, c => numbers[c]), string.Concat(characters));
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException($"data: a text must be UTF-8, but {path.Quoted()} is not. Hint: \"tokens\": \"bytes\" takes any file.", e);
        }
    }

    /// <summary>The number of characters, of which some are two of C#'s.</summary>
    public static int Count(string characters) => characters.EnumerateRunes().Count();
}
