using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Reduction;

/// <summary>
/// One step of a reduction whose innermost loop is kept and contiguous: every <see cref="Block"/> rows become one.
/// </summary>
/// <remarks>
/// Rows are read as they lie, eight at a time, and added to a strip of results that stays in the first-level cache:
/// every element is touched once, and one load and store of the strip serves eight rows.
/// </remarks>
internal readonly unsafe struct ColumnStage<TFold, TMap, TSource, T>(Loop outer, long rows, long rowStride, long columns, void* x, T* y, long perChunk, long total) : IChunks
    where TFold : struct, IFold
    where TMap : struct, IPremap
    where TSource : struct, ISource<T>
{
    public const int Block = 128;
    const int Strip = 512;
    const int Together = 8;

    // Narrow rows that follow each other in memory are first copied in order: walking eight of them side by side would
    // jump about within a page, which hardware prefetching does not follow (measured: three times slower from memory).
    const int Narrow = 256;

    /// <summary>Reduces loop <paramref name="axis"/> to the number of its blocks; y is contiguous over the other loops, the blocks, and the innermost loop.</summary>
    public static void Reduce(in Loop loop, int axis, void* x, T* y)
    {
        Loop outer = loop;
        long rows = loop.Size[axis], rowStride = loop.Stride[axis], columns = loop.Size[loop.Rank - 1];
        outer.Remove(loop.Rank - 1);
        outer.Remove(axis);
        long blocks = (rows + Block - 1) / Block, strips = (columns + Strip - 1) / Strip;
        long total = outer.Elements * blocks * strips;
        long perChunk = Math.Max(1, Parallel.ElementGrain / (Math.Min(rows, Block) * Math.Min(columns, Strip)));
        Parallel.For((total + perChunk - 1) / perChunk, new ColumnStage<TFold, TMap, TSource, T>(outer, rows, rowStride, columns, x, y, perChunk, total));
    }

    public void Run(long chunk)
    {
        long first = chunk * perChunk, end = Math.Min(first + perChunk, total);
        if (System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated) Tiles<Wide512<T>>(first, end);
        else if (System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated) Tiles<Wide256<T>>(first, end);
        else if (System.Runtime.Intrinsics.Vector128.IsHardwareAccelerated) Tiles<Wide128<T>>(first, end);
        else Tiles<Lane<T>>(first, end);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    void Tiles<V>(long first, long end) where V : struct, ILanes<V, T>
    {
        byte* bufferBytes = stackalloc byte[Together * Strip * sizeof(T)];
        T* buffer = (T*)bufferBytes;
        Loop l = outer;
        long blocks = (rows + Block - 1) / Block, strips = (columns + Strip - 1) / Strip;
        for (long tile = first; tile < end; tile++)
        {
            long strip = tile % strips, block = tile / strips % blocks, rest = tile / strips / blocks;
            long from = (block * Block * rowStride) + (strip * Strip);
            T* to = y + (((rest * blocks) + block) * columns) + (strip * Strip);
            for (int i = l.Rank - 1; i >= 0; i--)
            {
                from += rest % l.Size[i] * l.Stride[i];
                rest /= l.Size[i];
            }

            Tile<V>(from, (int)Math.Min(Block, rows - (block * Block)), (int)Math.Min(Strip, columns - (strip * Strip)), to, buffer);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Tile<V>(long from, int height, int width, T* to, T* buffer) where V : struct, ILanes<V, T>
    {
        void** row = stackalloc void*[Together];
        int done = 0;
        if (height >= Together)
        {
            Take(from, Together, width, row, buffer);
            AddEight<V>(row, width, to, start: true);
            for (done = Together; done <= height - Together; done += Together)
            {
                Take(from + (done * rowStride), Together, width, row, buffer);
                AddEight<V>(row, width, to, start: false);
            }
        }

        for (; done < height; done++)
        {
            Take(from + (done * rowStride), 1, width, row, buffer);
            AddOne<V>(row[0], width, to, start: done == 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Take(long from, int count, int width, void** row, T* buffer)
    {
        if (TSource.IsDirect && width <= Narrow && width == rowStride && count == Together)
        {
            int bytes = width * TSource.Size;
            Unsafe.CopyBlockUnaligned(buffer, TSource.Read(x, from, 1, buffer), (uint)(Together * bytes));
            for (int r = 0; r < Together; r++) row[r] = (byte*)buffer + (r * bytes);
            return;
        }

        for (int r = 0; r < count; r++) row[r] = TSource.Read(x, from + (r * rowStride), width, buffer + (r * Strip));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void AddEight<V>(void** row, int width, T* to, bool start) where V : struct, ILanes<V, T>
    {
        void* a = row[0], b = row[1], c = row[2], d = row[3], e = row[4], f = row[5], g = row[6], h = row[7];
        int i = 0;
        for (; i <= width - V.Count; i += V.Count)
        {
            V sum = Eight<V>(a, b, c, d, e, f, g, h, i);
            V.Store(start ? sum : TFold.Combine<V, T>(V.Load(to + i), sum), to + i);
        }

        for (; i < width; i++)
        {
            Lane<T> sum = Eight<Lane<T>>(a, b, c, d, e, f, g, h, i);
            to[i] = start ? sum.Value : TFold.Combine<Lane<T>, T>(to[i], sum).Value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Eight<V>(void* a, void* b, void* c, void* d, void* e, void* f, void* g, void* h, nint i) where V : struct, ILanes<V, T> =>
        TFold.Combine<V, T>(
            TFold.Combine<V, T>(
                TFold.Combine<V, T>(At<V>(a, i), At<V>(b, i)),
                TFold.Combine<V, T>(At<V>(c, i), At<V>(d, i))),
            TFold.Combine<V, T>(
                TFold.Combine<V, T>(At<V>(e, i), At<V>(f, i)),
                TFold.Combine<V, T>(At<V>(g, i), At<V>(h, i))));

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void AddOne<V>(void* row, int width, T* to, bool start) where V : struct, ILanes<V, T>
    {
        int i = 0;
        for (; i <= width - V.Count; i += V.Count)
        {
            V value = At<V>(row, i);
            V.Store(start ? value : TFold.Combine<V, T>(V.Load(to + i), value), to + i);
        }

        for (; i < width; i++)
        {
            Lane<T> value = At<Lane<T>>(row, i);
            to[i] = start ? value.Value : TFold.Combine<Lane<T>, T>(to[i], value).Value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V At<V>(void* row, nint i) where V : struct, ILanes<V, T> => TMap.Of<V, T>(TSource.Load<V>(row, i));
}
