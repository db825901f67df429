using static Adjoint.Cli.Output.Readable;

namespace Adjoint.Cli.Explaining;

/// <summary>Numbers of a shape as an HTML table: all axes but the last are rows.</summary>
internal static class Matrix
{
    const int MostRows = 16, MostColumns = 12;

    public static Html Of(Shape shape, IReadOnlyList<double> numbers, string kind)
    {
        int columns = shape.Rank == 0 ? 1 : (int)Math.Max(shape[^1], 1), rows = numbers.Count / columns;
        if (numbers.Count == 0) return Html.Of($"<p>no numbers</p>");
        IEnumerable<Html> lines = Enumerable.Range(0, Math.Min(rows, MostRows)).Select(row => Html.Of(
            $"<tr>{Html.Join(Enumerable.Range(0, Math.Min(columns, MostColumns)).Select(c => Html.Of($"<td>{Shown(numbers[(row * columns) + c])}</td>")), "")}{Html.When(columns > MostColumns, new("<td>…</td>"))}</tr>"));
        return Html.Of($"""
            <table class="matrix {kind}"><tbody>{Html.Join(lines, "")}</tbody></table>{Html.When(rows > MostRows || columns > MostColumns, Html.Of($"<p class=\"more\">The beginning of {rows} × {columns} numbers; --json writes all.</p>"))}
            """);
    }

    /// <summary>A number with a proper minus.</summary>
    public static string Shown(double value) => Value(value).Replace('-', '−');

    /// <summary>A number between signs of multiplication.</summary>
    public static string Between(double value) => Factor(value).Replace('-', '−');
}
