namespace Adjoint.Data;

/// <summary>Makes the batches of one epoch, each from its number alone: whoever makes them, in whatever order, they are the same.</summary>
internal sealed class EpochPlan(IDataset dataset, int batchSize, long? draws, Generator? order, Generator? random, IReadOnlyList<ITransform> transforms)
{
    readonly long[] _rows = order is null ? new long[batchSize] : draws is { } count ? Drawn(order, count, dataset.Count) : order.Permutation(dataset.Count);
    readonly long _count = draws ?? dataset.Count;
    readonly bool _shuffled = order is not null;

    /// <summary>Batch number <paramref name="index"/>, owned by no scope. Called by one thread at a time.</summary>
    public Batch Make(long index)
    {
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("batch");
        long first = index * batchSize;
        int count = (int)Math.Min(batchSize, _count - first);
        Batch batch = dataset.Fetch(Rows(first, count));
        if (batch.Count != count) throw new DataException($"data loader: a data set must return the rows it was asked for, but it was asked for {count} and returned {batch.Count}.");
        for (int t = 0; t < transforms.Count; t++)
            batch = transforms[t].Apply(batch, transforms[t].IsRandom ? random!.Split((ulong)index).Split((ulong)t) : null);
        return batch.Unowned();
    }

    static long[] Drawn(Generator random, long count, long rows)
    {
        long[] drawn = new long[count];
        for (long i = 0; i < count; i++) drawn[i] = random.NextInteger(rows);
        return drawn;
    }

    ReadOnlySpan<long> Rows(long first, int count)
    {
        if (_shuffled) return _rows.AsSpan((int)first, count);
        for (int i = 0; i < count; i++) _rows[i] = first + i;
        return _rows.AsSpan(0, count);
    }
}
