using System.Buffers;

namespace Adjoint.Data;

/// <summary>Some rows of another data set, in an order of their own.</summary>
[PyTorch("torch.utils.data.Subset")]
public sealed class Subset : IDataset
{
    readonly IDataset _source;
    readonly long[] _rows;

    /// <summary>Chooses rows; a row may occur several times.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row does not exist in <paramref name="source"/>.</exception>
    public Subset(IDataset source, IEnumerable<long> rows)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(rows);
        (_source, _rows) = (source, [.. rows]);
        foreach (long row in _rows)
            if ((ulong)row >= (ulong)source.Count) throw new ArgumentOutOfRangeException(nameof(rows), $"subset: rows must be from 0 to {source.Count - 1}, but one is {row}.");
    }

    /// <inheritdoc/>
    public long Count => _rows.Length;

    /// <summary>The rows of the source that this subset consists of.</summary>
    public IReadOnlyList<long> Rows => _rows;

    /// <inheritdoc/>
    public Batch Fetch(ReadOnlySpan<long> rows)
    {
        long[] mapped = ArrayPool<long>.Shared.Rent(rows.Length);
        try
        {
            for (int i = 0; i < rows.Length; i++)
                mapped[i] = (ulong)rows[i] < (ulong)_rows.Length ? _rows[rows[i]] : throw new ArgumentOutOfRangeException(nameof(rows), $"subset: rows must be from 0 to {Count - 1}, but one is {rows[i]}.");
            return _source.Fetch(mapped.AsSpan(0, rows.Length));
        }
        finally
        {
            ArrayPool<long>.Shared.Return(mapped);
        }
    }
}
