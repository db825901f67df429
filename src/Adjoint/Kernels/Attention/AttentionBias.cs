using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Attention;

/// <summary>What is added to the scores: numbers, or −∞ where a mask is false.</summary>
/// <remarks>Strides are 0 along axes that the bias lacks. At most one of the pointers is set.</remarks>
internal readonly unsafe struct AttentionBias<T>(T* values, bool* mask, long batchStride, long headStride, long rowStride, long columnStride) where T : unmanaged, IFloatingPointIeee754<T>
{
    bool IsNone => values is null && mask is null;

    /// <summary>Adds to a block of scores [keys, lanes], in powers of two; lanes are queries.</summary>
    public void Add<V>(long batch, long head, long firstQuery, long queries, long firstKey, long keys, T* scores, int lanes)
        where V : struct, ILanes<V, T>
    {
        if (IsNone) return;
        long origin = (batch * batchStride) + (head * headStride) + (firstQuery * rowStride) + (firstKey * columnStride);
        if (rowStride == 0) AddRows<V>(origin, keys, scores, lanes);
        else AddEach(origin, queries, keys, scores, lanes);
    }

    /// <summary>The same for all queries: padding, say.</summary>
    void AddRows<V>(long origin, long keys, T* scores, int lanes)
        where V : struct, ILanes<V, T>
    {
        for (long k = 0; k < keys; k++)
        {
            V value = V.All(At(origin + (k * columnStride)));
            for (T* at = scores + (k * lanes), end = at + lanes; at < end; at += V.Count) V.Store(V.Load(at) + value, at);
        }
    }

    void AddEach(long origin, long queries, long keys, T* scores, int lanes)
    {
        for (long q = 0; q < queries; q++)
            for (long k = 0; k < keys; k++) scores[(k * lanes) + q] += At(origin + (q * rowStride) + (k * columnStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    T At(long offset) => mask is null ? values[offset] * T.CreateTruncating(AttentionForm.Log2E) : mask[offset] ? T.Zero : T.NegativeInfinity;
}
