using System.Text;

namespace Adjoint.Formats;

/// <summary>How text that came out of a file appears in a sentence: short, and without characters that could disturb a terminal.</summary>
internal static class Quoting
{
    const int Longest = 200;

    public static string Quoted(this string text) => Quoted(text.AsSpan());

    public static string Quoted(this ReadOnlySpan<char> text)
    {
        var quoted = new StringBuilder("'");
        foreach (char c in text[..Math.Min(text.Length, Longest)])
        {
            if (char.IsControl(c) || char.IsSurrogate(c)) quoted.Append($"\\u{(int)c:x4}");
            else quoted.Append(c);
        }

        return quoted.Append(text.Length > Longest ? "…'" : "'").ToString();
    }
}
