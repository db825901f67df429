using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Adjoint.Cli.Explaining;

/// <summary>Text that is HTML already. What an interpolation brings in is escaped unless it is HTML itself, so that no name can become markup.</summary>
internal readonly record struct Html(string Text)
{
    /// <summary>HTML with values in it: <c>Html.Of($"&lt;b&gt;{name}&lt;/b&gt;")</c>.</summary>
    public static Html Of(ref Writer writer) => new(writer.ToString());

    /// <summary>One after the other.</summary>
    public static Html Join(IEnumerable<Html> parts, string between = "\n") => new(string.Join(between, parts.Select(p => p.Text)));

    public static Html When(bool condition, Html part) => condition ? part : new("");

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>Writes an interpolated string.</summary>
    [InterpolatedStringHandler]
    public readonly struct Writer(int literalLength, int formattedCount)
    {
        readonly StringBuilder _text = new(literalLength + (16 * formattedCount));

        public void AppendLiteral(string text) => _text.Append(text);

        public void AppendFormatted(Html html) => _text.Append(html.Text);

        public void AppendFormatted(string? text) => _text.Append(WebUtility.HtmlEncode(text));

        public void AppendFormatted(long number) => _text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{number}");

        /// <summary>A coordinate.</summary>
        public void AppendFormatted(double number) => _text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{number:0.#}");

        public override string ToString() => _text.ToString();
    }
}
