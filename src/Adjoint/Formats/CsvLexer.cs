using System.Text;

namespace Adjoint.Formats;

/// <summary>Splits text into records and cells by RFC 4180: quotes, doubled quotes, line ends inside quotes. Empty lines are no records.</summary>
internal sealed class CsvLexer(TextReader text, char separator, string file)
{
    const int LongestCell = 1 << 20;
    const int MostCells = 1 << 20;

    readonly StringBuilder _cell = new();
    int _line = 1;

    /// <summary>The line on which the last record began, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Reads the next record into <paramref name="cells"/>; false at the end.</summary>
    public bool Next(List<string> cells)
    {
        cells.Clear();
        while (text.Peek() is '\r' or '\n') EndLine();
        if (text.Peek() < 0) return false;
        Line = _line;
        do
        {
            if (cells.Count == MostCells) throw Fail($"a record has at most {MostCells} cells, but one of {file} has more", cells);
            _cell.Clear();
            if (text.Peek() == '"') ReadQuoted(cells);
            else ReadBare(cells);
            cells.Add(_cell.ToString());
        }
        while (Skip(separator));
        if (text.Peek() >= 0) EndLine();
        return true;
    }

    void ReadBare(List<string> cells)
    {
        while (text.Peek() is >= 0 and not ('\r' or '\n') and int c && c != separator)
        {
            if (c == '"') throw Fail($"a quote may stand only around a whole cell, but {file} has one inside", cells);
            Append(cells);
        }
    }

    void ReadQuoted(List<string> cells)
    {
        text.Read();
        while (!Skip('"') || text.Peek() == '"')
        {
            if (text.Peek() < 0) throw Fail($"a quoted cell must end with a quote, but {file} ends first", cells);
            if (text.Peek() == '\n') _line++;
            Append(cells);
        }

        if (text.Peek() is >= 0 and not ('\r' or '\n') and int c && c != separator) throw Fail($"after a quoted cell comes a separator or the line's end, but {file} has {((char)c).ToString().Quoted()}", cells);
    }

    void Append(List<string> cells)
    {
        if (_cell.Length == LongestCell) throw Fail($"a cell has at most {LongestCell} characters, but one of {file} has more", cells);
        _cell.Append((char)text.Read());
    }

    bool Skip(char c)
    {
        if (text.Peek() != c) return false;
        text.Read();
        return true;
    }

    void EndLine()
    {
        Skip('\r');
        Skip('\n');
        _line++;
    }

    FormatException Fail(string what, List<string> cells) => new($"csv: {what} in line {_line}, column {cells.Count + 1}.");
}
