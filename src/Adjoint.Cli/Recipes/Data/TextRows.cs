using Adjoint.Data;

namespace Adjoint.Cli.Recipes;

/// <summary>Pieces of a text as rows: inputs are <c>context</c> tokens, targets the same moved on by one.</summary>
/// <param name="tokens">The whole text.</param>
/// <param name="from">Where the first row begins.</param>
/// <param name="to">Where the last row's targets end at the latest.</param>
/// <param name="context">The tokens of a row.</param>
/// <param name="stride">How far rows begin apart.</param>
internal sealed class TextRows(long[] tokens, int from, int to, int context, int stride) : IDataset
{
    public long Count => ((to - from - context - 1) / stride) + 1;

    public Batch Fetch(ReadOnlySpan<long> rows)
    {
        long[] inputs = new long[rows.Length * context], targets = new long[rows.Length * context];
        for (int i = 0; i < rows.Length; i++)
        {
            if ((ulong)rows[i] >= (ulong)Count) throw new ArgumentOutOfRangeException(nameof(rows), $"text: rows must be from 0 to {Count - 1}, but one is {rows[i]}.");
            int begin = from + (int)(rows[i] * stride);
            Array.Copy(tokens, begin, inputs, i * context, context);
            Array.Copy(tokens, begin + 1, targets, i * context, context);
        }

        return new(Tensor.From(inputs, [rows.Length, context]), Tensor.From(targets, [rows.Length, context]));
    }
}
