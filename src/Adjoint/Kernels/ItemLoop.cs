namespace Adjoint.Kernels;

/// <summary>Work that falls into items of equal size: a row of outputs, a plane, a sample.</summary>
internal interface IItemWork
{
    void Run(long item);
}

/// <summary>Spreads items over threads, enough of them to a chunk to be worth it; the number depends on sizes alone.</summary>
internal readonly struct ItemLoop<TWork>(TWork work, long items, long perChunk) : IChunks
    where TWork : struct, IItemWork
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
        long perChunk = Math.Max(1, Parallel.ElementGrain / 2 / Math.Max(reads, 1));
        Parallel.For((items + perChunk - 1) / perChunk, new ItemLoop<TWork>(work, items, perChunk));
    }
}
