using System.Numerics.Tensors;

namespace Adjoint.Kernels.Attention;

/// <summary>The document that each token of a row is of: a query sees keys of its own document only.</summary>
/// <param name="numbers">[B, S], or nothing where all tokens are of one document.</param>
/// <param name="keys">S.</param>
/// <param name="position">The number of the first query among the keys.</param>
internal readonly unsafe struct AttentionDocuments(long* numbers, long keys, long position)
{
    ReadOnlySpan<long> Of(long batch, long first, long count) => new(numbers + (batch * keys) + first, (int)count);

    /// <summary>False where no query of a block can be of the document of a key of a block: the numbers of both lie apart.</summary>
    public bool Meet(long batch, long firstQuery, long queries, long firstKey, long count)
    {
        if (numbers is null) return true;
        ReadOnlySpan<long> q = Of(batch, position + firstQuery, queries), k = Of(batch, firstKey, count);
        return TensorPrimitives.Min(q) <= TensorPrimitives.Max(k) && TensorPrimitives.Min(k) <= TensorPrimitives.Max(q);
    }

    /// <summary>Puts −∞ into a block of scores [count, lanes] where a query, along the lanes, and a key are of two documents.</summary>
    public void Hide<T>(long batch, long firstQuery, long queries, long firstKey, long count, T* scores, int lanes, T hidden)
    {
        if (numbers is null) return;
        ReadOnlySpan<long> q = Of(batch, position + firstQuery, queries), k = Of(batch, firstKey, count);
        // Neighbours are mostly of one document: they are compared once, and hidden together.
        for (int start = 0, end; start < q.Length; start = end)
        {
            int others = q[start..].IndexOfAnyExcept(q[start]);
            end = others < 0 ? q.Length : start + others;
            for (int key = 0; key < k.Length; key++)
                if (k[key] != q[start]) new Span<T>(scores + ((long)key * lanes) + start, end - start).Fill(hidden);
        }
    }
}
