using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Reduction;

/// <summary>
/// One step of a reduction whose innermost loop is reduced and contiguous: every run of at most <see cref="Block"/>
/// neighbours becomes one number.
/// </summary>
/// <remarks>
/// Four independent accumulators hide the latency of an addition. Because a run is short and runs are combined by the
/// next stage in the same way, the error of a sum grows with the logarithm of its length, not with the length.
/// </remarks>
internal readonly unsafe struct RowStage<TFold, TMap, TSource, T>(Loop loop, void* x, T* y, long blocks, long perChunk, long total) : IChunks
    where TFold : struct, IFold
    where TMap : struct, IPremap
    where TSource : struct, ISource<T>
{
    public const int Block = 512;

    /// <summary>Reduces the innermost loop to the number of its blocks; y is contiguous over the other loops and the blocks.</summary>
    public static void Reduce(in Loop loop, void* x, T* y)
    {
        long n = loop.Size[loop.Rank - 1], blocks = (n + Block - 1) / Block;
        long total = loop.Elements / n * blocks;
        long perChunk = Math.Max(1, Parallel.ElementGrain / Math.Min(n, Block));
        Parallel.For((total + perChunk - 1) / perChunk, new RowStage<TFold, TMap, TSource, T>(loop, x, y, blocks, perChunk, total));
    }

    public void Run(long chunk)
    {
        long first = chunk * perChunk, end = Math.Min(first + perChunk, total);
        if (System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated) Rows<Wide512<T>>(first, end);
        else if (System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated) Rows<Wide256<T>>(first, end);
        else if (System.Runtime.Intrinsics.Vector128.IsHardwareAccelerated) Rows<Wide128<T>>(first, end);
        else Rows<Lane<T>>(first, end);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    void Rows<V>(long first, long end) where V : struct, ILanes<V, T>
    {
        byte* bufferBytes = stackalloc byte[(TSource.IsDirect ? 1 : Block) * sizeof(T)];
        T* buffer = (T*)bufferBytes;
        Loop l = loop;
        int outer = l.Rank - 1;
        long n = l.Size[outer];
        long* index = stackalloc long[Loop.MaxRank];
        long rest = first / blocks, block = first % blocks, row = 0;
        for (int i = outer - 1; i >= 0; i--)
        {
            index[i] = rest % l.Size[i];
            rest /= l.Size[i];
            row += index[i] * l.Stride[i];
        }

        for (long at = first; at < end; at++)
        {
            int count = (int)Math.Min(Block, n - (block * Block));
            y[at] = Fold<V>(TSource.Read(x, row + (block * Block), count, buffer), count);
            if (++block < blocks) continue;
            block = 0;
            for (int i = outer - 1; i >= 0; i--)
            {
                row += l.Stride[i];
                if (++index[i] < l.Size[i]) break;
                row -= l.Stride[i] * l.Size[i];
                index[i] = 0;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Fold<V>(void* x, int count) where V : struct, ILanes<V, T>
    {
        int i = 0;
        Lane<T> result = default;
        bool any = false;
        if (count >= V.Count)
        {
            V total = default;
            while (i <= count - (4 * V.Count))
            {
                // Eight rounds, then the accumulators start afresh: narrow lanes must not build long chains either.
                V a = At<V>(x, i), b = At<V>(x, i + V.Count), c = At<V>(x, i + (2 * V.Count)), d = At<V>(x, i + (3 * V.Count));
                int stop = Math.Min(count, i + (32 * V.Count)) - (4 * V.Count);
                for (i += 4 * V.Count; i <= stop; i += 4 * V.Count)
                {
                    a = TFold.Combine<V, T>(a, At<V>(x, i));
                    b = TFold.Combine<V, T>(b, At<V>(x, i + V.Count));
                    c = TFold.Combine<V, T>(c, At<V>(x, i + (2 * V.Count)));
                    d = TFold.Combine<V, T>(d, At<V>(x, i + (3 * V.Count)));
                }

                a = TFold.Combine<V, T>(TFold.Combine<V, T>(a, b), TFold.Combine<V, T>(c, d));
                total = any ? TFold.Combine<V, T>(total, a) : a;
                any = true;
            }

            for (; i <= count - V.Count; i += V.Count)
            {
                total = any ? TFold.Combine<V, T>(total, At<V>(x, i)) : At<V>(x, i);
                any = true;
            }

            result = Across(total);
        }

        for (; i < count; i++)
        {
            Lane<T> value = At<Lane<T>>(x, i);
            result = any ? TFold.Combine<Lane<T>, T>(result, value) : value;
            any = true;
        }

        return result.Value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V At<V>(void* x, nint i) where V : struct, ILanes<V, T> => TMap.Of<V, T>(TSource.Load<V>(x, i));

    /// <summary>Halves are combined until one lane is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Lane<T> Across<V>(V a) where V : struct, ILanes<V, T>
    {
        if (typeof(TFold) == typeof(Adding)) return V.Sum(a);
        if (typeof(TFold) == typeof(Largest)) return V.MaxAcross(a);
        if (typeof(TFold) == typeof(Smallest)) return V.MinAcross(a);
        T* lanes = (T*)&a;
        for (int half = V.Count / 2; half > 0; half /= 2)
            for (int i = 0; i < half; i++) lanes[i] = TFold.Combine<Lane<T>, T>(lanes[i], lanes[i + half]).Value;
        return lanes[0];
    }
}
