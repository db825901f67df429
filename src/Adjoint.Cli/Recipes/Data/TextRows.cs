using Adjoint.Data;

namespace Adjoint.Cli.Recipes;

/// <summary>Pieces of a text as rows: inputs are <c>context</c> tokens, targets the same moved on by one. A row is cut out when it is asked for: rows that overlap cost no memory.</summary>
/// <param name="tokens">The whole text.</param>
/// <param name="from">Where the first row begins.</param>
/// <param name="to">Where the last row's targets end at the latest.</param>
/// <param name="context">The tokens of a row.</param>
/// <param name="stride">How far rows begin apart.</param>
internal sealed class TextRows(TokenSequence tokens, int from, int to, int context, int stride) : IDataset
{
    /// <summary>The target of a place that does not count.</summary>
    const long Ignored = -100;

    /// <summary>Whether a rest that is shorter than a row is one too: it begins earlier, and what another row has asked already does not count. So every token is predicted once where rows do not overlap.</summary>
    public bool TakesRest { get; init; }

    public long Count => ((to - from - context - 1 + (TakesRest ? stride - 1 : 0)) / stride) + 1;

    public Batch Fetch(ReadOnlySpan<long> rows)
    {
        long[] inputs = new long[rows.Length * context], targets = new long[rows.Length * context];
        for (int i = 0; i < rows.Length; i++)
        {
            if ((ulong)rows[i] >= (ulong)Count) throw new ArgumentOutOfRangeException(nameof(rows), $"text: rows must be from 0 to {Count - 1}, but one is {rows[i]}.");
            int begin = from + (int)(rows[i] * stride), earlier = Math.Max(0, begin - (to - context - 1));
            tokens.CopyTo(begin - earlier, inputs.AsSpan(i * context, context));
            tokens.CopyTo(begin - earlier + 1, targets.AsSpan(i * context, context));
            targets.AsSpan(i * context, earlier).Fill(Ignored);
        }

        return new(Tensor.From(inputs, [rows.Length, context]), Tensor.From(targets, [rows.Length, context]));
    }
}
