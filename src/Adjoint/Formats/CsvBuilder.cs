using System.Globalization;
using System.Runtime.InteropServices;

namespace Adjoint.Formats;

/// <summary>Turns records into a <see cref="CsvTable"/>: decides what the first one is, picks columns, parses.</summary>
internal sealed class CsvBuilder(CsvLexer lexer, string file, CsvOptions options)
{
    readonly List<double> _values = [];
    readonly List<string> _labels = [];
    readonly List<string> _cells = [];
    int[] _picked = [];
    int _label = -1;
    int _columns;
    long _rows;

    public CsvTable Build()
    {
        List<string> first = [];
        if (!lexer.Next(first)) throw Fail($"a file must hold at least one line, but {file} is empty");
        int firstLine = lexer.Line;
        bool more = lexer.Next(_cells);
        CsvHeader header = options.Header != CsvHeader.Auto ? options.Header : Guess(first, more ? _cells : null);
        List<string>? names = header == CsvHeader.Names ? first : null;
        CsvColumn? label = options.Label ?? (header == CsvHeader.Summary ? (CsvColumn?)-1 : null);
        Choose(header == CsvHeader.Summary && more ? _cells.Count : first.Count, names, label);
        if (header == CsvHeader.None) AddRow(first, firstLine);
        for (; more; more = lexer.Next(_cells)) AddRow(_cells, lexer.Line);
        if (header == CsvHeader.Summary) CheckSummary(first);
        Tensor? labels = null;
        IReadOnlyList<string>? classes = null;
        if (_label >= 0) (labels, classes) = Labels(header == CsvHeader.Summary ? first[2..] : null);
        return new(Values(), names is null ? null : [.. _picked.Select(c => names[c])], labels, classes);
    }

    static bool IsNumber(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    // "150,4,setosa,versicolor" before rows of 4 + 1 cells is a summary; any other line with a cell that is neither empty nor a number is names.
    static CsvHeader Guess(List<string> first, List<string>? second)
    {
        bool summary = second is not null && first.Count > 2 && long.TryParse(first[0], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && int.TryParse(first[1], NumberStyles.None, CultureInfo.InvariantCulture, out int features) && second.Count == features + 1L && first[2..].TrueForAll(c => !IsNumber(c));
        if (summary) return CsvHeader.Summary;
        if (second is null || first.Count != second.Count) return CsvHeader.None;
        // A text where the second line has a number: a name. Texts in both lines are a text column, such as a label.
        for (int i = 0; i < first.Count; i++) if (first[i].Length > 0 && !IsNumber(first[i]) && (second[i].Length == 0 || IsNumber(second[i]))) return CsvHeader.Names;
        return CsvHeader.None;
    }

    void Choose(int columns, List<string>? names, CsvColumn? label)
    {
        _columns = columns;
        if (label is { } chosen) _label = Find(chosen, names);
        _picked = options.Columns is { } wanted ? [.. wanted.Select(c => Find(c, names))] : [.. Enumerable.Range(0, columns).Where(c => c != _label)];
    }

    int Find(CsvColumn column, List<string>? names) => column.Find(names, _columns) is >= 0 and int found ? found
        : throw new ArgumentException($"csv: a column must exist to be read, but {file} has {_columns} columns{(names is null ? " without names" : $" named {string.Join(", ", names.Take(20).Select(n => n.Quoted()))}{(names.Count > 20 ? ", …" : "")}")} and {column} is none of them.");

    void AddRow(List<string> cells, int line)
    {
        if (cells.Count != _columns) throw Fail($"every line must have as many cells as the first, but line {line} of {file} has {cells.Count} and the first has {_columns}");
        foreach (int column in _picked) _values.Add(Number(cells[column], line, column));
        if (_label >= 0) _labels.Add(cells[_label].Trim());
        _rows++;
    }

    double Number(string cell, int line, int column)
    {
        if (options.Empty is { } empty && string.IsNullOrWhiteSpace(cell)) return empty;
        if (!double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            throw Fail($"cells must be numbers, but line {line}, column {column + 1} of {file} is {cell.Quoted()}");
        if (options.CheckFinite && !(options.DType == DType.F32 ? float.IsFinite((float)number) : double.IsFinite(number)))
            throw Fail($"numbers must be finite {options.DType}, but line {line}, column {column + 1} of {file} is {cell.Quoted()}");
        return number;
    }

    Tensor Values()
    {
        Shape shape = [_rows, _picked.Length];
        ReadOnlySpan<double> values = CollectionsMarshal.AsSpan(_values);
        if (options.DType == DType.F64) return Tensor.From(values, shape);
        float[] narrow = new float[values.Length];
        for (int i = 0; i < narrow.Length; i++) narrow[i] = (float)values[i];
        return Tensor.From(narrow, shape);
    }

    (Tensor Labels, IReadOnlyList<string>? Classes) Labels(IReadOnlyList<string>? given)
    {
        long[] labels = new long[_labels.Count];
        bool numbers = true;
        for (int i = 0; i < labels.Length && numbers; i++) numbers = long.TryParse(_labels[i], NumberStyles.None, CultureInfo.InvariantCulture, out labels[i]);
        string[] classes = given is not null ? [.. given] : [.. _labels.Distinct().Order(StringComparer.Ordinal)];
        if (!numbers)
        {
            Dictionary<string, int> numberOf = [];
            for (int i = 0; i < classes.Length; i++) numberOf.TryAdd(classes[i], i);
            for (int i = 0; i < labels.Length; i++)
                labels[i] = numberOf.TryGetValue(_labels[i], out int number) ? number : throw Fail($"labels must be among the classes of the first line, but row {i + 1} of {file} has {_labels[i].Quoted()}");
        }
        else if (given is not null && Array.FindIndex(labels, l => l >= given.Count) is >= 0 and int bad)
        {
            throw Fail($"labels must be below the number of classes, but row {bad + 1} of {file} has {labels[bad]} and the first line names {given.Count} classes");
        }

        return (Tensor.From(labels), numbers && given is null ? null : classes);
    }

    void CheckSummary(List<string> first)
    {
        bool valid = first.Count > 2 && long.TryParse(first[0], NumberStyles.None, CultureInfo.InvariantCulture, out long rows) && rows == _rows
            && long.TryParse(first[1], NumberStyles.None, CultureInfo.InvariantCulture, out long features) && features == _columns - 1;
        if (!valid) throw Fail($"a summary must hold the number of rows, the number of features and the classes, but {file} has {_rows} rows of {_columns - 1} features and a first line of {string.Join(",", first.Take(3)).Quoted()}");
    }

    static FormatException Fail(string what) => new($"csv: {what}.");
}
