using System.Numerics;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Pooling;

/// <summary>Maxima and means over windows of planes, and their gradients; contiguous planes, float or double.</summary>
internal static unsafe class Pool
{
    /// <summary>The largest element of each window and its number in it; the first of equals; NaN wins, the last of several; of a window without inputs −∞ and −1.</summary>
    public static void Max<T>(in PoolPlan plan, T* x, T* y, int* index) where T : unmanaged, IFloatingPointIeee754<T> =>
        Widths.Run<MaxWork<T>, T>(new(plan, x, y, index));

    /// <summary>The gradient of <see cref="Max"/>: each dy added to the element of its window that the number names.</summary>
    public static void MaxGradient<T>(in PoolPlan plan, T* dy, int* index, T* dx) where T : unmanaged, IFloatingPointIeee754<T> =>
        Widths.Run<MaxGradientWork<T>, T>(new(plan, dy, index, dx));

    /// <summary>The element of each window that the number names; 0 where it is −1, or names a place in the padding.</summary>
    public static void Pick<T>(in PoolPlan plan, T* x, int* index, T* y) where T : unmanaged, IFloatingPointIeee754<T> =>
        ItemLoop<PickPlanes<T>>.Over(new(plan, x, index, y), plan.Planes, plan.OutPlane);

    /// <summary>The mean of each window.</summary>
    public static void Mean<T>(in PoolPlan plan, T* x, T* y) where T : unmanaged, IFloatingPointIeee754<T> =>
        Widths.Run<MeanWork<T>, T>(new(plan, x, y));

    /// <summary>The gradient of <see cref="Mean"/>: each window's share added to all its inputs.</summary>
    public static void MeanGradient<T>(in PoolPlan plan, T* dy, T* dx) where T : unmanaged, IFloatingPointIeee754<T> =>
        Widths.Run<MeanGradientWork<T>, T>(new(plan, dy, dx));

    static void Over<TBands>(in PoolPlan plan, Bands bands, in TBands work) where TBands : struct, IItemWork =>
        ItemLoop<TBands>.Over(work, bands.Count, (plan.InPlane + plan.OutPlane) * plan.Planes / Math.Max(1, bands.Count));

    readonly struct MaxWork<T>(PoolPlan plan, T* x, T* y, int* index) : ILaneWork<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run<TLanes>() where TLanes : struct, ILanes<TLanes, T> => Over<MaxBands<TLanes, T>>(plan, plan.Outputs, new(plan, x, y, index));
    }

    readonly struct MaxGradientWork<T>(PoolPlan plan, T* dy, int* index, T* dx) : ILaneWork<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run<TLanes>() where TLanes : struct, ILanes<TLanes, T> => Over<MaxGradientBands<TLanes, T>>(plan, plan.Inputs, new(plan, dy, index, dx));
    }

    readonly struct MeanWork<T>(PoolPlan plan, T* x, T* y) : ILaneWork<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run<TLanes>() where TLanes : struct, ILanes<TLanes, T> => Over<MeanBands<TLanes, T>>(plan, plan.Outputs, new(plan, x, y));
    }

    readonly struct MeanGradientWork<T>(PoolPlan plan, T* dy, T* dx) : ILaneWork<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run<TLanes>() where TLanes : struct, ILanes<TLanes, T> => Over<MeanGradientBands<TLanes, T>>(plan, plan.Inputs, new(plan, dy, dx));
    }

    readonly struct PickPlanes<T>(PoolPlan plan, T* x, int* index, T* y) : IItemWork where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long item)
        {
            T* plane = x + item * plan.InPlane, to = y + item * plan.OutPlane;
            int* at = index + item * plan.OutPlane;
            for (long i = 0; i < plan.H.Out; i++)
                for (long j = 0; j < plan.W.Out; j++, at++, to++)
                {
                    (long down, long across) = Math.DivRem(*at, plan.W.Taps);
                    long row = plan.H.Start(i) + (down * plan.H.Dilation), column = plan.W.Start(j) + (across * plan.W.Dilation);
                    bool exists = *at >= 0 && row >= 0 && row < plan.H.In && column >= 0 && column < plan.W.In;
                    *to = exists ? plane[(row * plan.W.In) + column] : T.Zero;
                }
        }
    }
}
