namespace Adjoint.Formats;

/// <summary>What the first line of a CSV file is.</summary>
public enum CsvHeader
{
    /// <summary>Found out: a summary, if it reads like one; else names, if one of its cells is no number; else data.</summary>
    Auto,

    /// <summary>Column names.</summary>
    Names,

    /// <summary>Data like every other line.</summary>
    None,

    /// <summary>The number of rows, the number of features, then the names of the classes, as in <c>150,4,setosa,versicolor,virginica</c>; the label is the last column.</summary>
    Summary,
}
