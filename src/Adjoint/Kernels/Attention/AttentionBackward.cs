using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;
using Adjoint.Kernels.Normalization;

namespace Adjoint.Kernels.Attention;

/// <summary>The gradients of attention, from blocks of scores computed again: with P the weights and δ = Σ dy·y a query,
/// <c>dV = Pᵀ·dY</c>, <c>dS = P∘(dY·Vᵀ − δ)</c>, <c>dQ = scale·dS·K</c>, <c>dK = scale·dSᵀ·Q</c>.</summary>
/// <remarks>
/// One head of k and v belongs to one chunk, which goes through the queries of all heads that share it: every sum is made in one
/// order. Source: Dao et al. 2022, algorithm 4.
/// </remarks>
/// <param name="form">The sizes.</param>
/// <param name="q">[B, H, T, D].</param>
/// <param name="k">[B, keyHeads, S, D].</param>
/// <param name="v">[B, keyHeads, S, E].</param>
/// <param name="bias">[B, H, T, S] by its strides, or nothing.</param>
/// <param name="documents">Whose keys queries see.</param>
/// <param name="y">[B, H, T, E].</param>
/// <param name="dy">[B, H, T, E].</param>
/// <param name="logSum">What forward found, [B, H, T].</param>
/// <param name="dq">[B, H, T, D].</param>
/// <param name="dk">[B, keyHeads, S, D].</param>
/// <param name="dv">[B, keyHeads, S, E].</param>
internal readonly unsafe struct AttentionBackward<T>(AttentionForm form, AttentionOperand<T> q, AttentionOperand<T> k, AttentionOperand<T> v, AttentionBias<T> bias, AttentionDocuments documents, AttentionOperand<T> y, AttentionOperand<T> dy, T* logSum, AttentionResult<T> dq, AttentionResult<T> dk, AttentionResult<T> dv) : IRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Run() => RowLoop.For<AttentionBackward<T>, T>(this, form.Batch * form.KeyHeads, 1, 1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Run<V>(long first, long end) where V : struct, ILanes<V, T>
    {
        long keyRoom = HeadRows<T>.Room(k, form.Keys);
        using Scratch rooms = Scratch.Take((keyRoom + HeadRows<T>.Room(v, form.Keys) + dk.Room(form.Keys) + dv.Room(form.Keys)) * sizeof(T));
        T* dKeyRoom = (T*)rooms.Pointer, dValueRoom = dKeyRoom + dk.Room(form.Keys), room = dValueRoom + dv.Room(form.Keys);
        var keys = new HeadRows<T>(k, form.Keys, room);
        var values = new HeadRows<T>(v, form.Keys, room + keyRoom);
        for (long i = first; i < end; i++)
        {
            (long batch, long keyHead) = Math.DivRem(i, form.KeyHeads);
            T* dKeys = dk.Place(batch, keyHead, 0, dKeyRoom), dValues = dv.Place(batch, keyHead, 0, dValueRoom);
            // The first queries that see a key store its gradients, all others add to them.
            long made = 0;
            for (long head = keyHead * form.Sharing; head < (keyHead + 1) * form.Sharing; head++)
                for (long start = 0; start < form.Queries; start += AttentionForm.QueryBlock) Block<V>(batch, head, start, ref keys, ref values, dKeys, dValues, ref made);
            Clear(form.Keys, dKeys, dValues, ref made);
            dk.Finish(batch, keyHead, 0, dKeys, form.Keys);
            dv.Finish(batch, keyHead, 0, dValues, form.Keys);
        }
    }

    /// <summary>Makes zeros of the gradients of keys before one that no query has seen yet.</summary>
    void Clear(long key, T* dKeys, T* dValues, ref long made)
    {
        if (key <= made) return;
        dk.Clear(dKeys + (made * dk.RowStride), key - made);
        dv.Clear(dValues + (made * dv.RowStride), key - made);
        made = key;
    }

    // made: how many of the keys have gradients yet.
    void Block<V>(long batch, long head, long start, ref HeadRows<T> keys, ref HeadRows<T> values, T* dKeys, T* dValues, ref long made) where V : struct, ILanes<V, T>
    {
        const int QueryBlock = AttentionForm.QueryBlock, KeyBlock = AttentionForm.KeyBlock;
        (long queryRoom, long slopeRoom, long resultRoom) = (q.Room(QueryBlock), dy.Room(QueryBlock), dq.Room(QueryBlock));
        using Scratch scratch = Scratch.Take((((form.Depth + form.Width + (2 * KeyBlock) + 2) * QueryBlock) + queryRoom + slopeRoom + resultRoom + y.Room(QueryBlock)) * sizeof(T));
        T* queries = (T*)scratch.Pointer, slopes = queries + (form.Depth * QueryBlock);
        T* weights = slopes + (form.Width * QueryBlock), dScores = weights + (KeyBlock * QueryBlock), logs = dScores + (KeyBlock * QueryBlock), deltas = logs + QueryBlock;
        T* queryRows = deltas + QueryBlock, slopeRows = queryRows + queryRoom, dQueries = slopeRows + slopeRoom, results = dQueries + resultRoom;

        long count = Math.Min(QueryBlock, form.Queries - start), keyHead = head / form.Sharing;
        int lanes = AttentionForm.Lanes(count, V.Count);
        queryRows = q.Rows(batch, head, start, count, queryRows);
        slopeRows = dy.Rows(batch, head, start, count, slopeRows);
        BlockProducts<T>.Turn(queryRows, q.RowStride, count, form.Depth, lanes, form.Scale * AttentionForm.Log2E, queries);
        // The factor `scale` of dQ and dK is put where it costs least: into dy, and so into dS.
        BlockProducts<T>.Turn(slopeRows, dy.RowStride, count, form.Width, lanes, form.Scale, slopes);
        Deltas<V>(slopeRows, y.Rows(batch, head, start, count, results), count, lanes, deltas);
        new Span<T>(logs, lanes).Fill(T.PositiveInfinity);
        new ReadOnlySpan<T>(logSum + (((batch * form.Heads) + head) * form.Queries) + start, (int)count).CopyTo(new(logs, lanes));

        dQueries = dq.Place(batch, head, start, dQueries);
        (long firstKey, long endOfKeys) = form.KeysOf(start, count);
        bool begun = false;
        for (long key = firstKey; key < endOfKeys; key += KeyBlock)
        {
            long some = Math.Min(KeyBlock, endOfKeys - key);
            if (!documents.Meet(batch, start, count, key, some)) continue;
            T* these = keys.At(batch, keyHead, key, some);
            Sight sight = form.Sight(start, count, key, some);
            BlockProducts<T>.Scores(these, keys.RowStride, sight, form.Depth, queries, lanes, weights);
            bias.Add<V>(batch, head, start, count, key, some, weights, lanes);
            LinearBias.Add<V, T>(form, head, start, key, some, weights, lanes);
            sight.Hide(weights, lanes, T.NegativeInfinity);
            documents.Hide(batch, start, count, key, some, weights, lanes, T.NegativeInfinity);
            BlockProducts<T>.Scores(values.At(batch, keyHead, key, some), values.RowStride, sight, form.Width, slopes, lanes, dScores);
            Slopes<V>(weights, dScores, sight, lanes, logs, deltas);
            Clear(key, dKeys, dValues, ref made);
            BlockProducts<T>.Gather(weights, lanes, count, sight, slopeRows, dy.RowStride, form.Width, dValues + (key * dv.RowStride), dv.RowStride, made - key);
            BlockProducts<T>.Gather(dScores, lanes, count, sight, queryRows, q.RowStride, form.Depth, dKeys + (key * dk.RowStride), dk.RowStride, made - key);
            made = Math.Max(made, key + sight.KeysBefore(count));
            BlockProducts<T>.Mix(dScores, lanes, count, sight, these, keys.RowStride, form.Depth, dQueries, dq.RowStride, accumulate: begun);
            begun = true;
        }

        if (!begun) dq.Clear(dQueries, count);
        dq.Finish(batch, head, start, dQueries, count);
    }

    /// <summary>scale·Σ dy·y of each query.</summary>
    void Deltas<V>(T* slopes, T* results, long count, int lanes, T* deltas) where V : struct, ILanes<V, T>
    {
        new Span<T>(deltas, lanes).Clear();
        T scale = T.CreateTruncating(form.Scale);
        for (long r = 0; r < count; r++)
            deltas[r] = scale * Row<V, T>.Sum(new Terms<T>.Product<V>(slopes + (r * dy.RowStride), results + (r * y.RowStride)), form.Width);
    }

    /// <summary>scores → P = 2^(score − log), dScores → P·(dScores − δ), of the keys that are seen.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Slopes<V>(T* scores, T* dScores, Sight sight, int lanes, T* logs, T* deltas) where V : struct, ILanes<V, T>
    {
        Compiled.AtOnce(stackalloc byte[1]);
        int piece = sight.Piece(lanes);
        for (int c = 0; c < lanes; c += V.Count)
        {
            long keys = sight.KeysBefore((c / piece * piece) + piece);
            V log = V.Load(logs + c), delta = V.Load(deltas + c);
            T* s = scores + c, d = dScores + c;
            for (long i = 0; i < keys; i++, s += lanes, d += lanes)
            {
                V p = LaneMath.Exp2Falling<V, T>(V.Load(s) - log);
                V.Store(p, s);
                V.Store(p * (V.Load(d) - delta), d);
            }
        }
    }
}
