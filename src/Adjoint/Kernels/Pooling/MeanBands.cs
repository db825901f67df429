using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Pooling;

/// <summary>The mean of each window: one band to an item. Sums of a row are shared by all windows that see it.</summary>
internal readonly unsafe struct MeanBands<TLanes, T>(PoolPlan plan, T* x, T* y) : IItemWork
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    readonly long _width = TapRows<TLanes, T>.Width(plan.W), _taps = plan.W.Taps;
    readonly KeptRows _kept = new(Math.Min(plan.H.In, plan.H.Taps), TapRows<TLanes, T>.Width(plan.W));

    public void Run(long item)
    {
        (long plane, long begin, long finish) = plan.Outputs[item];
        using Scratch scratch = Scratch.Take((_kept.Length + 2 * _width + TapRows<TLanes, T>.Length(plan.W)) * sizeof(T));
        T* sums = (T*)scratch.Pointer, divisors = sums + _kept.Length, result = divisors + _width;
        var taps = new TapRows<TLanes, T>(plan.W, result + _width);
        taps.Clear(T.Zero);
        MeanGradientBands<TLanes, T>.Divisors(plan.W, divisors);
        T* from = x + plane * plan.InPlane, to = y + plane * plan.OutPlane + begin * plan.W.Out;
        long known = 0;
        for (long o = begin; o < finish; o++, to += plan.W.Out)
        {
            (long top, long bottom) = plan.H.Window(o);
            for (known = Math.Max(known, top); known < bottom; known++)
            {
                taps.Read(from + known * plan.W.In);
                SumOfRow(taps, sums + _kept[known]);
            }

            MeanOfRows(sums, top, bottom, TLanes.All(T.CreateTruncating(plan.H.Divisor(o))), divisors, result);
            new Span<T>(result, (int)plan.W.Out).CopyTo(new(to, (int)plan.W.Out));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    void SumOfRow(TapRows<TLanes, T> taps, T* sums)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        for (long w = 0; w < _width; w += TLanes.Count)
        {
            TLanes sum = TLanes.Load(taps[0] + w);
            for (long tap = 1; tap < _taps; tap++) sum += TLanes.Load(taps[tap] + w);
            TLanes.Store(sum, sums + w);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    void MeanOfRows(T* sums, long top, long bottom, TLanes rows, T* divisors, T* result)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        for (long w = 0; w < _width; w += TLanes.Count)
        {
            TLanes sum = TLanes.All(T.Zero);
            for (long row = top; row < bottom; row++) sum += TLanes.Load(sums + _kept[row] + w);
            TLanes.Store(sum / (rows * TLanes.Load(divisors + w)), result + w);
        }
    }
}
