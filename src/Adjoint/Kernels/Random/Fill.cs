namespace Adjoint.Kernels.Random;

/// <summary>Fills memory from a stream: two elements to a counter value, so that any split over threads gives the same numbers.</summary>
internal static unsafe class Fill
{
    const long PairsPerChunk = 8 * 1024;

    /// <summary>Which distribution, with its two parameters.</summary>
    public enum Law : byte
    {
        /// <summary>low + (high − low)·u, u in [0, 1).</summary>
        Uniform,

        /// <summary>mean + deviation·z, z standard normal (Box–Muller).</summary>
        Normal,

        /// <summary>An integer in [low, high), unbiased to 2⁻⁵³.</summary>
        Integer,
    }

    /// <summary>How many counter values a fill uses up.</summary>
    public static ulong Uses(long count) => (ulong)((count + 1) / 2);

    /// <summary>Fills doubles, or floats that are rounded from them, so that one seed means the same numbers in every type.</summary>
    /// <remarks>Rounding may carry the top of a range to its excluded end: nothing above <paramref name="most"/> comes out of the first and the last law.</remarks>
    public static void Run<T>(T* target, long count, Law law, double first, double second, double most, ulong seed, ulong stream, ulong counter) =>
        Parallel.For((((count + 1) / 2) + PairsPerChunk - 1) / PairsPerChunk, new Chunks<T>(target, count, law, first, second, most, seed, stream, counter));

    readonly struct Chunks<T>(T* target, long count, Law law, double first, double second, double most, ulong seed, ulong stream, ulong counter) : IChunks
    {
        public void Run(long chunk)
        {
            long end = Math.Min((chunk + 1) * PairsPerChunk, (count + 1) / 2);
            for (long pair = chunk * PairsPerChunk; pair < end; pair++)
            {
                Philox.Words words = Philox.At(seed, stream, counter + (ulong)pair);
                (double x, double y) = law switch
                {
                    Law.Uniform => (Between(words.First), Between(words.Second)),
                    Law.Integer => (Math.Floor(Between(words.First)), Math.Floor(Between(words.Second))),
                    _ => Normal(words),
                };
                Put(2 * pair, x);
                if ((2 * pair) + 1 < count) Put((2 * pair) + 1, y);
            }
        }

        void Put(long i, double value)
        {
            if (typeof(T) == typeof(float)) ((float*)target)[i] = (float)value;
            else ((double*)target)[i] = value;
        }

        double Between(double u) => Math.Min(first + ((second - first) * u), most);

        (double X, double Y) Normal(Philox.Words words)
        {
            double radius = second * Math.Sqrt(-2 * Math.Log(1 - words.First));
            (double sin, double cos) = Math.SinCos(2 * Math.PI * words.Second);
            return (first + (radius * cos), first + (radius * sin));
        }
    }
}
