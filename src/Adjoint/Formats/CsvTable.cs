namespace Adjoint.Formats;

/// <summary>The numbers of a CSV file.</summary>
/// <param name="Values">F32 or F64 [N, columns].</param>
/// <param name="Names">The names of the columns of <paramref name="Values"/>, where the file gives them.</param>
/// <param name="Labels">I64 [N]: the class of each row, where a label column was asked for or the first line is a summary.</param>
/// <param name="Classes">The names of the classes, where the labels are texts or the first line gives them.</param>
public sealed record CsvTable(Tensor Values, IReadOnlyList<string>? Names, Tensor? Labels, IReadOnlyList<string>? Classes);
