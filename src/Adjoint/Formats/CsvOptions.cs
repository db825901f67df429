namespace Adjoint.Formats;

/// <summary>How a CSV file is read.</summary>
public sealed record CsvOptions
{
    /// <summary>What separates cells.</summary>
    public char Separator { get; init; } = ',';

    /// <summary>What the first line is.</summary>
    public CsvHeader Header { get; init; } = CsvHeader.Auto;

    /// <summary>The columns that become <see cref="CsvTable.Values"/>, in this order; null: all but the label.</summary>
    public IReadOnlyList<CsvColumn>? Columns { get; init; }

    /// <summary>The column with the class of each row, if any. Whole numbers from 0 are taken as they are; otherwise the distinct texts, sorted, are the classes.</summary>
    public CsvColumn? Label { get; init; }

    /// <summary>The element type of <see cref="CsvTable.Values"/>: F32 or F64.</summary>
    public DType DType { get; init; } = DType.F32;

    /// <summary>What an empty cell means; null: an error.</summary>
    public double? Empty { get; init; }

    /// <summary>Whether NaN and infinity are refused, with line and column.</summary>
    public bool CheckFinite { get; init; } = true;
}
