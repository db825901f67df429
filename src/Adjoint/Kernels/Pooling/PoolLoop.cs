namespace Adjoint.Kernels.Pooling;

/// <summary>A part of a pooling's work: one row of outputs, or one plane.</summary>
internal interface IPoolWork
{
    void Run(long item);
}

/// <summary>Spreads items over threads, enough of them to a chunk to be worth it; the number depends on sizes alone.</summary>
internal readonly struct PoolLoop<TWork>(TWork work, long items, long perChunk) : IChunks
    where TWork : struct, IPoolWork
{
    public void Run(long chunk)
    {
        long end = Math.Min(items, (chunk + 1) * perChunk);
        for (long item = chunk * perChunk; item < end; item++) work.Run(item);
    }

    /// <param name="work">What is done to each item.</param>
    /// <param name="items">How many items there are.</param>
    /// <param name="reads">How many elements an item reads.</param>
    public static void Over(in TWork work, long items, long reads)
    {
        long perChunk = Math.Max(1, Parallel.ElementGrain / 4 / Math.Max(reads, 1));
        Parallel.For((items + perChunk - 1) / perChunk, new PoolLoop<TWork>(work, items, perChunk));
    }
}
