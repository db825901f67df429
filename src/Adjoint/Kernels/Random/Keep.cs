namespace Adjoint.Kernels.Random;

/// <summary>Keeps or zeroes each element by the toss of a coin that can be tossed again: four coins to a counter value.</summary>
internal static unsafe class Keep
{
    const long QuadsPerChunk = 8 * 1024;

    /// <summary>How many counter values a mask of this many elements uses up.</summary>
    public static ulong Uses(long count) => (ulong)((count + 3) / 4);

    /// <summary>y = kept ? scale·x : 0. A coin of 32 bits below <paramref name="threshold"/> drops its element.</summary>
    public static void Run<T>(T* x, T* y, long count, T scale, ulong threshold, ulong seed, ulong stream, ulong counter) where T : unmanaged, System.Numerics.INumber<T> =>
        Parallel.For((((count + 3) / 4) + QuadsPerChunk - 1) / QuadsPerChunk, new Chunks<T>(x, y, count, scale, threshold, seed, stream, counter));

    /// <summary>Whether one element is kept: what <see cref="Run"/> decides, for references.</summary>
    public static bool Decide(long element, ulong threshold, ulong seed, ulong stream, ulong counter)
    {
        Philox.Words words = Philox.At(seed, stream, counter + (ulong)(element / 4));
        return (element % 4) switch { 0 => words.A, 1 => words.B, 2 => words.C, _ => words.D } >= threshold;
    }

    readonly struct Chunks<T>(T* x, T* y, long count, T scale, ulong threshold, ulong seed, ulong stream, ulong counter) : IChunks
        where T : unmanaged, System.Numerics.INumber<T>
    {
        public void Run(long chunk)
        {
            long end = Math.Min((chunk + 1) * QuadsPerChunk, (count + 3) / 4);
            for (long quad = chunk * QuadsPerChunk; quad < end; quad++)
            {
                Philox.Words words = Philox.At(seed, stream, counter + (ulong)quad);
                long i = 4 * quad;
                if (i + 3 < count)
                {
                    y[i] = words.A >= threshold ? x[i] * scale : T.Zero;
                    y[i + 1] = words.B >= threshold ? x[i + 1] * scale : T.Zero;
                    y[i + 2] = words.C >= threshold ? x[i + 2] * scale : T.Zero;
                    y[i + 3] = words.D >= threshold ? x[i + 3] * scale : T.Zero;
                    continue;
                }

                for (long j = i; j < count; j++) y[j] = Decide(j, threshold, seed, stream, counter) ? x[j] * scale : T.Zero;
            }
        }
    }
}
