using System.Runtime.Intrinsics;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Reduction;

/// <summary>The sequence of stages that makes y of x.</summary>
internal static unsafe class Stages<TFold, TMap, TSource, T>
    where TFold : struct, IFold
    where TMap : struct, IPremap
    where TSource : struct, ISource<T>
{
    public static void Run(in Operand x, in Operand y, double divisor)
    {
        Loop loop = Loop.Of(x, y);
        long elements = loop.Elements, results = 1;
        foreach (long size in y.Shape) results *= size;
        if (results == 0) return;

        bool straight = y.DType is not (DType.F16 or DType.BF16) && loop.IsTargetInOrder;
        bool gather = elements > 0 && (!loop.HasUnitStride || !loop.IsReducing);
        long first = elements > 0 && loop.IsReducing ? AfterNext(loop) : results;
        using Scratch copy = Scratch.Take(gather ? elements * sizeof(T) : 0);
        using Scratch even = Scratch.Take(straight && first == results ? 0 : first * sizeof(T));
        using Scratch odd = Scratch.Take(first == results ? 0 : first * sizeof(T));

        T* from = null;
        if (gather)
        {
            from = (T*)copy.Pointer;
            Gathering.Collect<TSource, T>(loop, x.Data, from);
            loop.MakeContiguous();
        }

        T* to = (T*)(straight && first == results ? y.Data : even.Pointer);
        if (elements == 0) for (long i = 0; i < results; i++) to[i] = Lane<T>.Rounded(TFold.Identity).Value;
        else if (!loop.IsReducing) for (long i = 0; i < results; i++) to[i] = TMap.Of<Lane<T>, T>(from[i]).Value;
        else
        {
            if (from is null) Next<TSource, TMap>(ref loop, x.Data, to);
            else Next<Same<T>, TMap>(ref loop, from, to);
            while (loop.IsReducing)
            {
                from = to;
                to = (T*)(from == even.Pointer ? odd.Pointer : even.Pointer);
                if (straight && AfterNext(loop) == results) to = (T*)y.Data;
                Next<Same<T>, AsIs>(ref loop, from, to);
            }
        }

        if (divisor != 1) Divide(to, results, Lane<T>.Rounded(divisor).Value);
        if (to != y.Data) Gathering.Spread(Loop.Of(x, y), to, y);
    }

    /// <summary>How many numbers the next stage leaves.</summary>
    static long AfterNext(in Loop loop)
    {
        int axis = Axis(loop);
        int block = axis == loop.Rank - 1 ? RowStage<TFold, TMap, TSource, T>.Block : ColumnStage<TFold, TMap, TSource, T>.Block;
        return loop.Elements / loop.Size[axis] * ((loop.Size[axis] + block - 1) / block);
    }

    /// <summary>The innermost reduced loop.</summary>
    static int Axis(in Loop loop)
    {
        int axis = loop.Rank - 1;
        while (!loop.Reduced[axis]) axis--;
        return axis;
    }

    static void Next<TFrom, TBefore>(ref Loop loop, void* from, T* to)
        where TFrom : struct, ISource<T>
        where TBefore : struct, IPremap
    {
        int axis = Axis(loop), last = loop.Rank - 1;
        if (axis == last)
        {
            RowStage<TFold, TBefore, TFrom, T>.Reduce(loop, from, to);
            loop.Shorten(axis, RowStage<TFold, TBefore, TFrom, T>.Block);
        }
        else
        {
            ColumnStage<TFold, TBefore, TFrom, T>.Reduce(loop, axis, from, to);
            loop.MoveBefore(axis, last);
            loop.Shorten(last - 1, ColumnStage<TFold, TBefore, TFrom, T>.Block);
        }

        loop.MakeContiguous();
    }

    static void Divide(T* values, long count, T divisor)
    {
        if (Vector512.IsHardwareAccelerated) Divide<Wide512<T>>(values, count, divisor);
        else if (Vector256.IsHardwareAccelerated) Divide<Wide256<T>>(values, count, divisor);
        else if (Vector128.IsHardwareAccelerated) Divide<Wide128<T>>(values, count, divisor);
        else Divide<Lane<T>>(values, count, divisor);
    }

    static void Divide<V>(T* values, long count, T divisor) where V : struct, ILanes<V, T>
    {
        long i = 0;
        for (; i <= count - V.Count; i += V.Count) V.Store(V.Load(values + i) / V.All(divisor), values + i);
        for (; i < count; i++) values[i] = ((Lane<T>)values[i] / divisor).Value;
    }
}
