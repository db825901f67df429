using System.Globalization;
using Spectre.Console;

namespace Adjoint.Cli.Output;

/// <summary>Where a command writes: a terminal with colours and moving parts, or plain lines.</summary>
internal sealed class Screen
{
    const int PlainWidth = 160;

    readonly TextWriter _output;
    readonly bool _quiet;

    public Screen(TextWriter output, bool quiet)
    {
        (_output, _quiet) = (output, quiet);
        Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        IsLive = !quiet && Console.Profile.Out.IsTerminal && Console.Profile.Capabilities.Ansi;
        if (!Console.Profile.Out.IsTerminal) Console.Profile.Width = PlainWidth;
    }

    public IAnsiConsole Console { get; }

    /// <summary>Whether parts of the screen may be drawn again.</summary>
    public bool IsLive { get; }

    /// <summary>A line, unless the user wants none.</summary>
    public void Line(FormattableString text) => Line(text.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc cref="Line(FormattableString)"/>
    public void Line(string text = "")
    {
        if (_quiet) return;
        // In a terminal a bar may stand below, which Spectre has to move.
        if (IsLive) Console.WriteLine(text);
        else _output.WriteLine(text);
    }

    /// <summary>Something that is not healthy: what, by which numbers, and what usually helps.</summary>
    public void Finding(Training.Finding finding)
    {
        Mark("! ", Color.Yellow, finding.What);
        Mark("  evidence  ", Color.Grey, finding.Evidence);
        Mark("  helps     ", Color.Grey, finding.Advice);
    }

    void Mark(string head, Color color, string text)
    {
        if (!IsLive)
        {
            Line(head + text);
            return;
        }

        Console.Write(new Text(head, new Style(color)));
        Console.WriteLine(text);
    }

    /// <summary>A table in a terminal that is wide enough, aligned columns elsewhere; columns from <paramref name="texts"/> on are numbers and stand to the right.</summary>
    public void Table(int texts, IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (_quiet) return;
        int[] widths = [.. heads.Select((head, i) => rows.Select(r => r[i].Length).Append(head.Length).Max())];
        const int Frame = 3;        // a line and a space on both sides
        if (IsLive && widths.Sum(w => w + Frame) < Console.Profile.Width) Drawn(texts, heads, rows);
        else Plain(texts, widths, heads, rows);
    }

    void Drawn(int texts, IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = TableBorder.Rounded };
        for (int i = 0; i < heads.Count; i++)
        {
            var column = new TableColumn(Markup.Escape(heads[i]));
            table.AddColumn(i < texts ? column : column.RightAligned());
        }

        foreach (IReadOnlyList<string> row in rows) table.AddRow([.. row.Select(Markup.Escape)]);
        Console.Write(table);
    }

    void Plain(int texts, int[] widths, IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        foreach (IReadOnlyList<string> row in rows.Prepend(heads))
            _output.WriteLine(string.Join("  ", row.Select((cell, i) => i < texts ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
    }
}
