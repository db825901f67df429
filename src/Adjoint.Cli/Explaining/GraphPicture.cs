using System.Globalization;
using Adjoint.Explaining;

namespace Adjoint.Cli.Explaining;

/// <summary>The graph of a lesson as SVG: a box for each value, with its forward value and its gradient; edges lead to where it is used.</summary>
internal sealed class GraphPicture
{
    const double LineHeight = 16, CharacterWidth = 6.7, TitleWidth = 7.5, Padding = 10, Narrowest = 92, Margin = 12;
    const double Smallest = 0.85;       // of its own size: below, its letters could not be read, and it scrolls
    const int MostRows = 3, MostColumns = 3;

    readonly IReadOnlyList<ExplainedValue> _values;
    readonly ExplainedValue _loss;
    readonly Box[] _boxes;
    readonly IReadOnlyList<int>[] _sources;
    readonly GraphLayout _layout;

    sealed record Box(string Title, string[] Value, string[] Gradient, double Width, double Height);

    public GraphPicture(Explanation explained)
    {
        (_values, _loss) = (explained.Values, explained.Loss);
        _boxes = [.. _values.Select(v => Measured(v, v == _loss ? $"loss: {Title(v)}" : Title(v)))];
        _sources = [.. _values.Select(v => (IReadOnlyList<int>)(v.Producer?.Inputs.Select(i => i.Number).ToArray() ?? []))];
        _layout = new([.. _boxes.Select(b => (b.Width, b.Height))], _sources);
    }

    /// <summary>What a value is called: its name, its operation, its number.</summary>
    public static string Title(ExplainedValue value) => value.Producer is { } operation
        ? operation.Outputs.Count == 1 ? operation.Name : $"{operation.Name} {operation.Outputs.Index().First(o => o.Item == value).Index}"
        : IsItsTitle(value) ? Short(value.Values[0])
        : value.Name ?? (value.Kind == ExplainedKind.Leaf ? "leaf" : value.Kind == ExplainedKind.Result ? "result" : "constant");

    public Html Draw()
    {
        (double width, double height) = (_layout.Width + (2 * Margin), _layout.Height + (2 * Margin));
        return Html.Of($"""
            <svg viewBox="{-Margin} {-Margin} {width} {height}" style="width:{width}px;min-width:{width * Smallest}px" role="group" aria-label="Graph of the operations, from inputs on the left to the loss on the right">
            <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="9" markerHeight="9" orient="auto"><path d="M0 0 L8 4 L0 8 z"/></marker></defs>
            {Html.Join(_values.SelectMany(Edges))}
            {Html.Join(_values.OrderBy(v => _layout.Position(v.Number)).Select(Node))}
            </svg>
            """);
    }

    Html Node(ExplainedValue value)
    {
        Box box = _boxes[value.Number];
        (double x, double y) = _layout.Corner(value.Number);
        (int column, int row) = _layout.Position(value.Number);
        string kind = value == _loss ? "result loss" : value.Kind == ExplainedKind.Leaf ? "leaf" : value.Kind == ExplainedKind.Constant ? "constant" : "result";
        string spoken = $"{box.Title}{(box.Value.Length > 0 ? $": value {string.Join(' ', box.Value)}" : "")}{(box.Gradient.Length > 0 ? $", gradient {string.Join(' ', box.Gradient)}" : "")}";
        double line = Padding + 12;
        var lines = new List<Html> { Html.Of($"""<text class="title" x="{box.Width / 2}" y="{line}">{box.Title}</text>""") };
        foreach (string text in box.Value) lines.Add(Html.Of($"""<text class="value" x="{box.Width / 2}" y="{line += LineHeight}">{text}</text>"""));
        if (box.Gradient.Length > 0) lines.Add(Html.Of($"""<line class="rule" x1="{Padding}" x2="{box.Width - Padding}" y1="{line += 7}" y2="{line}"/>"""));
        foreach (string text in box.Gradient) lines.Add(Html.Of($"""<text class="gradient" x="{box.Width / 2}" y="{line += LineHeight}">{text}</text>"""));
        return Html.Of($"""
            <g class="node {kind}" id="n{value.Number}" data-node="{value.Number}" data-column="{column}" data-row="{row}" transform="translate({x} {y})" tabindex="{(value == _loss ? 0 : -1)}" role="button" aria-pressed="false" aria-controls="p{value.Number}" aria-label="{spoken}"><rect width="{box.Width}" height="{box.Height}" rx="{(value.Kind == ExplainedKind.Leaf ? 14 : 5)}"/>{Html.Join(lines, "")}</g>
            """);
    }

    IEnumerable<Html> Edges(ExplainedValue value)
    {
        int[] sources = [.. _sources[value.Number].Distinct().OrderBy(s => _layout.Corner(s).Y)];
        (double x, double y) = _layout.Corner(value.Number);
        for (int i = 0; i < sources.Length; i++)
        {
            (int source, Box from) = (sources[i], _boxes[sources[i]]);
            (double fromX, double fromY) = _layout.Corner(source);
            var path = new System.Text.StringBuilder();
            (double X, double Y) at = (fromX + from.Width, fromY + (from.Height / 2));
            path.Append(CultureInfo.InvariantCulture, $"M{at.X:0.#} {at.Y:0.#}");
            foreach ((double left, double right, double lane) in _layout.Passes(source, value.Number))
            {
                Curve((left, lane));
                if (right > left) path.Append(CultureInfo.InvariantCulture, $" H{right:0.#}");
                at = (right, lane);
            }

            // Arrows end one below the other in the order of where they come from.
            Curve((x - 2, y + (_boxes[value.Number].Height * (i + 1) / (sources.Length + 1))));
            yield return Html.Of($"""<path class="edge" data-from="{source}" data-to="{value.Number}" d="{path.ToString()}"/>""");

            void Curve((double X, double Y) to)
            {
                double middle = (at.X + to.X) / 2;
                path.Append(CultureInfo.InvariantCulture, $" C{middle:0.#} {at.Y:0.#} {middle:0.#} {to.Y:0.#} {to.X:0.#} {to.Y:0.#}");
                at = to;
            }
        }
    }

    /// <summary>A number in a formula.</summary>
    static bool IsItsTitle(ExplainedValue value) => value is { Kind: ExplainedKind.Constant, Name: null, Values.Count: 1 };

    static Box Measured(ExplainedValue value, string title)
    {
        const int LongestTitle = 24;
        if (title.Length > LongestTitle) title = $"{title[..(LongestTitle - 1)]}…";
        string[] numbers = IsItsTitle(value) ? [] : Rows(value, value.Values), gradient = value.Gradient is { } g ? Rows(value, g) : [];
        double widest = Math.Max(numbers.Concat(gradient).Select(t => t.Length).DefaultIfEmpty().Max() * CharacterWidth, title.Length * TitleWidth);
        double height = (2 * Padding) + 14 + (LineHeight * (numbers.Length + gradient.Length)) + (gradient.Length > 0 ? 7 : 0);
        return new(title, numbers, gradient, Math.Max(Narrowest, widest + (2 * Padding)), height);
    }

    /// <summary>The first rows and columns, one below the other; all axes but the last are rows.</summary>
    static string[] Rows(ExplainedValue value, IReadOnlyList<double> numbers)
    {
        int columns = value.Shape.Rank == 0 ? 1 : (int)Math.Max(value.Shape[^1], 1), rows = numbers.Count / columns;
        int shownRows = Math.Min(rows, MostRows), shownColumns = Math.Min(columns, MostColumns);
        string[,] cells = new string[shownRows, shownColumns];
        int[] widths = new int[shownColumns];
        for (int row = 0; row < shownRows; row++)
            for (int column = 0; column < shownColumns; column++)
            {
                cells[row, column] = Short(numbers[(row * columns) + column]);
                widths[column] = Math.Max(widths[column], cells[row, column].Length);
            }

        IEnumerable<string> lines = Enumerable.Range(0, shownRows).Select(row =>
            string.Join("  ", Enumerable.Range(0, shownColumns).Select(c => cells[row, c].PadLeft(widths[c])).Concat(columns > MostColumns ? ["…"] : [])));
        return [.. lines, .. rows > MostRows ? ["⋮"] : Array.Empty<string>()];
    }

    static string Short(double value) => value.ToString("G4", CultureInfo.InvariantCulture).Replace('-', '−');
}
