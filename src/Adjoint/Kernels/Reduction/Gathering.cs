using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Reduction;

/// <summary>Copies of strided numbers, for what no fast path fits.</summary>
internal static unsafe class Gathering
{
    /// <summary>The numbers of x in the loops' order, converted.</summary>
    public static void Collect<TSource, T>(in Loop loop, void* x, T* y)
        where TSource : struct, ISource<T>
    {
        long total = loop.Elements;
        Parallel.For((total + Parallel.ElementGrain - 1) / Parallel.ElementGrain, new Collecting<TSource, T>(loop, x, y, total));
    }

    readonly struct Collecting<TSource, T>(Loop loop, void* x, T* y, long total) : IChunks
        where TSource : struct, ISource<T>
    {
        public void Run(long chunk)
        {
            Loop l = loop;
            T buffer;
            long first = chunk * Parallel.ElementGrain, end = Math.Min(first + Parallel.ElementGrain, total);
            var at = new Walk(l, first, Walk.Side.Source);
            for (long i = first; i < end; i++)
            {
                Lane<T>.Store(TSource.Load<Lane<T>>(TSource.Read(x, at.Offset, 1, &buffer), 0), y + i);
                at.Step(l);
            }
        }
    }

    /// <summary>Contiguous results, in the order of the kept loops, to where y wants them, rounded to what it holds.</summary>
    public static void Spread<T>(Loop loop, T* results, Operand y)
    {
        for (int i = loop.Rank - 1; i >= 0; i--) if (loop.Reduced[i]) loop.Remove(i);
        long total = loop.Elements;
        var at = new Walk(loop, 0, Walk.Side.Target);
        for (long i = 0; i < total; i++)
        {
            if (y.DType == DType.F16) ((Half*)y.Data)[at.Offset] = (Half)Unsafe.BitCast<T, float>(results[i]);
            else if (y.DType == DType.BF16) ((BFloat16*)y.Data)[at.Offset] = (BFloat16)Unsafe.BitCast<T, float>(results[i]);
            else ((T*)y.Data)[at.Offset] = results[i];
            at.Step(loop);
        }
    }

    /// <summary>An odometer over the loops, innermost fastest.</summary>
    struct Walk
    {
        public enum Side
        {
            Source,
            Target,
        }

        public long Offset;
        fixed long _index[Loop.MaxRank];
        readonly Side _side;

        public Walk(in Loop loop, long position, Side side)
        {
            _side = side;
            for (int i = loop.Rank - 1; i >= 0; i--)
            {
                _index[i] = position % loop.Size[i];
                position /= loop.Size[i];
                Offset += _index[i] * Distance(loop, i);
            }
        }

        public void Step(in Loop loop)
        {
            for (int i = loop.Rank - 1; i >= 0; i--)
            {
                Offset += Distance(loop, i);
                if (++_index[i] < loop.Size[i]) return;
                Offset -= Distance(loop, i) * loop.Size[i];
                _index[i] = 0;
            }
        }

        readonly long Distance(in Loop loop, int i) => _side == Side.Source ? loop.Stride[i] : loop.Target[i];
    }
}
