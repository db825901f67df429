using Adjoint.Data;

namespace Adjoint.Tests.Data;

/// <summary>Small data sets whose rows can be told apart.</summary>
internal static class Sets
{
    /// <summary>Row i is [i, i + ½] with label i mod 3.</summary>
    public static TensorDataset Numbered(int rows) => TensorDataset.Classification(
        Tensor.From([.. Enumerable.Range(0, rows).SelectMany(i => new[] { i, i + 0.5f })], [rows, 2]),
        Tensor.From([.. Enumerable.Range(0, rows).Select(i => i % 3)]), 3);

    /// <summary>The rows of each batch, read off their first column.</summary>
    public static List<int[]> Rows(IEnumerable<Batch> batches) => [.. batches.Select(Rows)];

    public static int[] Rows(Batch batch) => [.. batch.Inputs.ToArray<float>().Where((_, i) => i % 2 == 0).Select(v => (int)v)];
}

/// <summary>A data set given as a function of the rows.</summary>
internal sealed class Made(long count, Func<long[], Batch> make) : IDataset
{
    public long Count => count;

    public Batch Fetch(ReadOnlySpan<long> rows) => make(rows.ToArray());
}
