using System.Numerics;
using System.Runtime.CompilerServices;

namespace Adjoint.Kernels.Pooling;

/// <summary>Maxima and means over windows of planes, and what their gradients need; contiguous planes, float or double.</summary>
internal static unsafe class Pool
{
    /// <summary>The largest element of each window and its index in the plane; the first of equals; NaN wins, the last of several; of a window without inputs −∞ and −1.</summary>
    public static void Max<T>(in PoolPlan plan, T* x, T* y, long* index) where T : unmanaged, IFloatingPointIeee754<T> =>
        ItemLoop<MaxRow<T>>.Over(new(plan, x, y, index), plan.Rows, plan.W.Out * Window(plan));

    /// <summary>The mean of each window.</summary>
    public static void Mean<T>(in PoolPlan plan, T* x, T* y) where T : unmanaged, IFloatingPointIeee754<T> =>
        ItemLoop<MeanRow<T>>.Over(new(plan, x, y), plan.Rows, plan.W.Out * Window(plan));

    /// <summary>The gradient of <see cref="Mean"/>: each window's share added to all its inputs.</summary>
    public static void MeanGradient<T>(in PoolPlan plan, T* dy, T* dx) where T : unmanaged, IFloatingPointIeee754<T> =>
        ItemLoop<MeanGradientPlane<T>>.Over(new(plan, dy, dx), plan.Planes, plan.OutPlane * Window(plan));

    /// <summary><c>dx[plane, index[plane, i]] += dy[plane, i]</c>, from zero.</summary>
    public static void Scatter<T>(long planes, long inPlane, long outPlane, T* dy, long* index, T* dx) where T : unmanaged, IFloatingPointIeee754<T> =>
        ItemLoop<ScatterPlane<T>>.Over(new(inPlane, outPlane, dy, index, dx), planes, inPlane + outPlane);

    /// <summary><c>y[plane, i] = x[plane, index[plane, i]]</c>; 0 where the index is −1.</summary>
    public static void Gather<T>(long planes, long inPlane, long outPlane, T* x, long* index, T* y) where T : unmanaged, IFloatingPointIeee754<T> =>
        ItemLoop<GatherPlane<T>>.Over(new(inPlane, outPlane, x, index, y), planes, outPlane);

    static long Window(in PoolPlan plan)
    {
        (long top, long bottom) = plan.H.Window(0);
        (long left, long right) = plan.W.Window(0);
        return Math.Max(1, (bottom - top) * (right - left));
    }

    readonly struct MaxRow<T>(PoolPlan plan, T* x, T* y, long* index) : IItemWork where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long row)
        {
            PoolAxis across = plan.W;
            T* plane = x + row / plan.H.Out * plan.InPlane, to = y + row * across.Out;
            long* at = index + row * across.Out;
            (long top, long bottom) = plan.H.Window(row % plan.H.Out);
            long down = plan.H.Dilation, step = across.Dilation, width = across.In;
            for (long w = 0; w < across.Out; w++)
            {
                (long left, long right) = across.Window(w);
                T best = T.NegativeInfinity;
                long found = top < bottom && left < right ? top * width + left : -1;
                for (long i = top; i < bottom; i += down)
                {
                    T* line = plane + i * width;
                    for (long j = left; j < right; j += step)
                    {
                        // Which element wins is as good as random, so nothing here branches on it: the winner's index comes through a mask.
                        T value = line[j];
                        long mask = -(long)Unsafe.BitCast<bool, byte>(value > best | T.IsNaN(value));
                        found ^= (found ^ (i * width + j)) & mask;
                        best = T.Max(best, value);
                    }
                }

                to[w] = best;
                at[w] = found;
            }
        }
    }

    readonly struct MeanRow<T>(PoolPlan plan, T* x, T* y) : IItemWork where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long row)
        {
            PoolAxis across = plan.W;
            T* plane = x + row / plan.H.Out * plan.InPlane, to = y + row * across.Out;
            (long top, long bottom) = plan.H.Window(row % plan.H.Out);
            long rows = plan.H.Divisor(row % plan.H.Out);
            for (long w = 0; w < across.Out; w++)
            {
                (long left, long right) = across.Window(w);
                T sum = T.Zero;
                for (long i = top; i < bottom; i++)
                {
                    T* line = plane + i * across.In;
                    for (long j = left; j < right; j++) sum += line[j];
                }

                to[w] = sum / T.CreateTruncating(rows * across.Divisor(w));
            }
        }
    }

    readonly struct MeanGradientPlane<T>(PoolPlan plan, T* dy, T* dx) : IItemWork where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long item)
        {
            PoolAxis across = plan.W;
            T* from = dy + item * plan.OutPlane, plane = dx + item * plan.InPlane;
            for (long i = 0; i < plan.InPlane; i++) plane[i] = T.Zero;
            for (long h = 0; h < plan.H.Out; h++)
            {
                (long top, long bottom) = plan.H.Window(h);
                long rows = plan.H.Divisor(h);
                for (long w = 0; w < across.Out; w++)
                {
                    (long left, long right) = across.Window(w);
                    T share = *from++ / T.CreateTruncating(rows * across.Divisor(w));
                    for (long i = top; i < bottom; i++)
                    {
                        T* line = plane + i * across.In;
                        for (long j = left; j < right; j++) line[j] += share;
                    }
                }
            }
        }
    }

    readonly struct ScatterPlane<T>(long inPlane, long outPlane, T* dy, long* index, T* dx) : IItemWork where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long item)
        {
            T* from = dy + item * outPlane, to = dx + item * inPlane;
            long* at = index + item * outPlane;
            for (long i = 0; i < inPlane; i++) to[i] = T.Zero;
            for (long i = 0; i < outPlane; i++) if (InPlane(at[i], inPlane)) to[at[i]] += from[i];
        }
    }

    readonly struct GatherPlane<T>(long inPlane, long outPlane, T* x, long* index, T* y) : IItemWork where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long item)
        {
            T* from = x + item * inPlane, to = y + item * outPlane;
            long* at = index + item * outPlane;
            for (long i = 0; i < outPlane; i++) to[i] = InPlane(at[i], inPlane) ? from[at[i]] : T.Zero;
        }
    }

    /// <summary>Whether an index points at an element; an index that can only come from elsewhere must not write there.</summary>
    static bool InPlane(long index, long plane)
    {
        if ((ulong)index < (ulong)plane) return true;
        return index == -1 ? false : throw new ShapeException($"plane: indices must be from 0 to {plane - 1}, or -1 for none, but one is {index}.");
    }
}
