namespace Adjoint.Kernels.Recurrent;

/// <summary>The sizes of a walk through time, and its direction.</summary>
internal readonly record struct Steps(long Count, long Batch, long Hidden, bool Reverse)
{
    /// <summary>Measured at 8, 16 and 32, H 256 and 512: alike within what a loaded machine lets tell (12 %). Fewer rows read the weights more often, more leave threads without work.</summary>
    const long MostRows = 16;

    /// <summary>The time step that comes n-th.</summary>
    public long Time(long n) => Reverse ? Count - 1 - n : n;

    /// <summary>The time step before the one that comes n-th, or −1.</summary>
    public long Before(long n) => n == 0 ? -1 : Time(n - 1);

    /// <summary>Rows of the batch know nothing of each other: each chunk walks through all of time with its own, and threads never wait.</summary>
    public long RowsPerChunk(long unit)
    {
        long chunks = (Batch + MostRows - 1) / MostRows;
        return chunks == 0 ? unit : ((((Batch + chunks - 1) / chunks) + unit - 1) / unit) * unit;
    }
}
