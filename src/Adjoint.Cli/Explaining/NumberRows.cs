using System.Globalization;
using Adjoint.Formats;

namespace Adjoint.Cli.Explaining;

/// <summary>Rows of numbers from the command line: written there, or in a CSV file.</summary>
internal static class NumberRows
{
    /// <summary>F64 [rows, columns].</summary>
    /// <exception cref="UsageException">It is neither numbers nor a file, or its rows differ in length.</exception>
    public static Tensor Read(string option, string text)
    {
        if (File.Exists(text)) return Csv.Read(text, new() { DType = DType.F64 }).Values;
        double[]?[] rows = [.. text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Row)];
        if (rows.Length == 0 || Array.Exists(rows, r => r is null))
            throw new UsageException($"explain: {option} must be numbers (commas between columns, semicolons between rows) or a CSV file, but {text.Quoted()} is neither.");
        if (Array.Find(rows, r => r!.Length != rows[0]!.Length) is { } other)
            throw new UsageException($"explain: the rows of {option} must be equally long, but they have {rows[0]!.Length} and {other.Length} numbers.");
        return Tensor.From(rows.SelectMany(r => r!).ToArray(), [rows.Length, rows[0]!.Length]);
    }

    /// <summary>F64 [rows, columns] with the columns that are needed.</summary>
    /// <exception cref="UsageException">There are others.</exception>
    public static Tensor Read(string option, string text, long columns)
    {
        Tensor numbers = Read(option, text);
        return numbers.Shape[1] == columns ? numbers : throw new UsageException($"explain: a row of {option} must have {columns} number{(columns == 1 ? "" : "s")}, but it has {numbers.Shape[1]}.");
    }

    /// <summary>I64 [rows]: a class for each row, one after the other or one below the other.</summary>
    /// <exception cref="UsageException">There are others, or one is no class.</exception>
    public static Tensor Labels(string option, string text, long rows, long classes)
    {
        double[] numbers = Read(option, text).ToArray<double>();
        if (numbers.Length != rows) throw new UsageException($"explain: {option} must be one class for each row of the input, but there are {rows} row{(rows == 1 ? "" : "s")} and {numbers.Length} numbers.");
        int bad = Array.FindIndex(numbers, n => !(n >= 0 && n < classes && double.IsInteger(n)));
        return bad < 0 ? Tensor.From(Array.ConvertAll(numbers, n => (long)n))
            : throw new UsageException(FormattableString.Invariant($"explain: a class of {option} must be a whole number from 0 to {classes - 1}, but that of row {bad} is {numbers[bad]}."));
    }

    static double[]? Row(string text)
    {
        string[] cells = text.Split([',', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        double[] row = new double[cells.Length];
        for (int i = 0; i < row.Length; i++)
            if (!double.TryParse(cells[i], NumberStyles.Float, CultureInfo.InvariantCulture, out row[i]) || !double.IsFinite(row[i])) return null;
        return row.Length == 0 ? null : row;
    }
}
