using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Lanes;
using Adjoint.Kernels.Normalization;

namespace Adjoint.Kernels.Attention;

/// <summary>Attention a block of queries and a block of keys at a time; no more scores exist at once than these have.</summary>
/// <remarks>
/// <para>Blocks of scores are made transposed, [keys, queries]: the queries lie along the lanes, so that a row's maximum and
/// sum, which every query needs of its own, are lane operations down the block, k and v are read where they are, and only q is
/// turned, once a block. Maximum and sum are corrected as further keys come (online softmax).</para>
/// <para>Source: Milakov and Gimelshein 2018; Dao et al. 2022, algorithm 1; Dao 2023 for the order of loops.</para>
/// </remarks>
/// <param name="form">The sizes.</param>
/// <param name="q">[B, H, T, D].</param>
/// <param name="k">[B, keyHeads, S, D].</param>
/// <param name="v">[B, keyHeads, S, E].</param>
/// <param name="bias">[B, H, T, S] by its strides, or nothing.</param>
/// <param name="documents">Whose keys queries see.</param>
/// <param name="y">[B, H, T, E].</param>
/// <param name="logSum">log₂ Σ 2ˢ of each query's scores in powers of two, [B, H, T]; ∞ where a query sees no key.</param>
internal readonly unsafe struct AttentionForward<T>(AttentionForm form, AttentionOperand<T> q, AttentionOperand<T> k, AttentionOperand<T> v, AttentionBias<T> bias, AttentionDocuments documents, AttentionResult<T> y, T* logSum) : IRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Heads that keep the threads of a large processor about as busy as blocks of queries would.</summary>
    const long ManyHeads = 16;

    public void Run()
    {
        // One query against a cache of keys is too little to wake a thread for: several heads make a chunk.
        long work = AttentionForm.Lanes(Math.Min(form.Queries, AttentionForm.QueryBlock), 16) * form.Keys * (form.Depth + form.Width);
        // Where keys are widened once a head, a head is a chunk, if there are enough heads for all threads.
        bool heads = HeadRows<T>.Keeps(k, form.Keys) && form.Batch * form.Heads >= ManyHeads;
        RowLoop.For<AttentionForward<T>, T>(this, form.Batch * form.Heads * form.QueryBlocks, 1, Math.Max(heads ? form.QueryBlocks : 1, 32 * Parallel.ElementGrain / Math.Max(work, 1)));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Run<V>(long first, long end) where V : struct, ILanes<V, T>
    {
        const int QueryBlock = AttentionForm.QueryBlock, KeyBlock = AttentionForm.KeyBlock;
        long keyRoom = HeadRows<T>.Room(k, form.Keys), valueRoom = HeadRows<T>.Room(v, form.Keys);
        using Scratch scratch = Scratch.Take((((form.Depth + KeyBlock + form.Width + 3) * QueryBlock) + q.Room(QueryBlock) + keyRoom + valueRoom) * sizeof(T));
        T* queries = (T*)scratch.Pointer, scores = queries + (form.Depth * QueryBlock), sums = scores + (KeyBlock * QueryBlock);
        T* mixed = sums + (3 * QueryBlock), room = mixed + (form.Width * QueryBlock);
        var keys = new HeadRows<T>(k, form.Keys, room + q.Room(QueryBlock));
        var values = new HeadRows<T>(v, form.Keys, room + q.Room(QueryBlock) + keyRoom);
        for (long i = first; i < end; i++)
        {
            (long line, long block) = Math.DivRem(i, form.QueryBlocks);
            (long batch, long head) = Math.DivRem(line, form.Heads);
            long start = block * QueryBlock, count = Math.Min(QueryBlock, form.Queries - start);
            Block<V>(batch, head, start, count, queries, scores, new(sums, AttentionForm.Lanes(count, V.Count)), mixed, room, ref keys, ref values);
            T* rows = y.Place(batch, head, start, mixed);
            Finish<V>(count, mixed, new(sums, AttentionForm.Lanes(count, V.Count)), rows, logSum + (line * form.Queries) + start);
            y.Finish(batch, head, start, rows, count);
        }
    }

    void Block<V>(long batch, long head, long start, long count, T* queries, T* scores, OnlineSoftmax<T> softmax, T* mixed, T* room, ref HeadRows<T> keys, ref HeadRows<T> values)
        where V : struct, ILanes<V, T>
    {
        int lanes = softmax.Lanes;
        long keyHead = head / form.Sharing;
        BlockProducts<T>.Turn(q.Rows(batch, head, start, count, room), q.RowStride, count, form.Depth, lanes, form.Scale * AttentionForm.Log2E, queries);
        softmax.Begin();
        (long firstKey, long endOfKeys) = form.KeysOf(start, count);
        bool begun = false;
        for (long key = firstKey; key < endOfKeys; key += AttentionForm.KeyBlock)
        {
            long some = Math.Min(AttentionForm.KeyBlock, endOfKeys - key);
            if (!documents.Meet(batch, start, count, key, some)) continue;
            Sight sight = form.Sight(start, count, key, some);
            BlockProducts<T>.Scores(keys.At(batch, keyHead, key, some), keys.RowStride, sight, form.Depth, queries, lanes, scores);
            bias.Add<V>(batch, head, start, count, key, some, scores, lanes);
            LinearBias.Add<V, T>(form, head, start, key, some, scores, lanes);
            sight.Hide(scores, lanes, T.NegativeInfinity);
            documents.Hide(batch, start, count, key, some, scores, lanes, T.NegativeInfinity);
            softmax.Take<V>(scores, sight);
            if (begun) Correct<V>(count, softmax.Corrections, mixed);
            BlockProducts<T>.Mix(scores, lanes, count, sight, values.At(batch, keyHead, key, some), values.RowStride, form.Width, mixed, form.Width, accumulate: begun);
            begun = true;
        }

        if (!begun) new Span<T>(mixed, (int)(count * form.Width)).Clear();
    }

    void Correct<V>(long count, T* corrections, T* mixed) where V : struct, ILanes<V, T>
    {
        for (long r = 0; r < count; r++)
            if (corrections[r] != T.One) Times<V>(mixed + (r * form.Width), corrections[r], mixed + (r * form.Width));
    }

    void Finish<V>(long count, T* mixed, OnlineSoftmax<T> softmax, T* to, T* log) where V : struct, ILanes<V, T>
    {
        for (long r = 0; r < count; r++)
        {
            log[r] = softmax.LogSum(r);
            Times<V>(mixed + (r * form.Width), log[r] == T.PositiveInfinity ? T.Zero : T.One / softmax.Sum(r), to + (r * y.RowStride));
        }
    }

    void Times<V>(T* from, T factor, T* to) where V : struct, ILanes<V, T>
    {
        long i = 0;
        for (V all = V.All(factor); i <= form.Width - V.Count; i += V.Count) V.Store(V.Load(from + i) * all, to + i);
        for (; i < form.Width; i++) to[i] = from[i] * factor;
    }
}
