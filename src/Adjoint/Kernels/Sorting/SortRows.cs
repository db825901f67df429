using System.Numerics;

namespace Adjoint.Kernels.Sorting;

/// <summary>The first elements of each contiguous row in order, and where they were.</summary>
/// <remarks>Stable: equal elements stay in the order they had. NaN counts as larger than everything.</remarks>
internal static unsafe class SortRows
{
    /// <param name="x">Rows.</param>
    /// <param name="values">The elements in order, [rows, count].</param>
    /// <param name="indices">Their positions in their rows, [rows, count].</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="length">The number of elements in a row.</param>
    /// <param name="count">How many of them are wanted.</param>
    /// <param name="descending">The largest first.</param>
    public static void Run<T>(T* x, T* values, long* indices, long rows, int length, int count, bool descending) where T : unmanaged, INumber<T>
    {
        if (rows == 0 || count == 0) return;
        long perChunk = Math.Max(1, Parallel.ElementGrain / length);
        Parallel.For((rows + perChunk - 1) / perChunk, new Chunks<T>(x, values, indices, rows, length, count, descending, perChunk));
    }

    readonly struct Chunks<T>(T* x, T* values, long* indices, long rows, int length, int count, bool descending, long perChunk) : IChunks where T : unmanaged, INumber<T>
    {
        public void Run(long chunk)
        {
            using Scratch keyMemory = Scratch.Take((long)length * sizeof(T)), placeMemory = Scratch.Take((long)length * sizeof(int));
            Span<T> keys = new(keyMemory.Pointer, length);
            Span<int> places = new(placeMemory.Pointer, length);
            long end = Math.Min((chunk + 1) * perChunk, rows);
            for (long r = chunk * perChunk; r < end; r++)
            {
                T* row = x + (r * length);
                Order(new ReadOnlySpan<T>(row, length), keys, places);
                for (int i = 0; i < count; i++)
                {
                    int at = places[i];
                    values[(r * count) + i] = row[at];
                    indices[(r * count) + i] = at;
                }
            }
        }

        void Order(ReadOnlySpan<T> row, Span<T> keys, Span<int> places)
        {
            row.CopyTo(keys);
            for (int i = 0; i < places.Length; i++) places[i] = i;
            keys.Sort(places);

            // The library's order begins with NaN; here they are the largest.
            int missing = 0;
            while (missing < keys.Length && T.IsNaN(keys[missing])) missing++;
            if (missing > 0)
            {
                Rotate(keys, missing);
                Rotate(places, missing);
            }

            if (descending)
            {
                keys.Reverse();
                places.Reverse();
            }

            // Its sort is not stable: places are brought in order within each run of equal elements.
            for (int start = 0, next; start < keys.Length; start = next)
            {
                for (next = start + 1; next < keys.Length && (keys[next] == keys[start] || (T.IsNaN(keys[next]) && T.IsNaN(keys[start]))); next++)
                {
                }

                if (next - start > 1) places[start..next].Sort();
            }
        }

        static void Rotate<TItem>(Span<TItem> items, int count)
        {
            items[..count].Reverse();
            items[count..].Reverse();
            items.Reverse();
        }
    }
}
