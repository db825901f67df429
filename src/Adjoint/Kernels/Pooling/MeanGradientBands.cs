using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Pooling;

/// <summary>The gradient of a mean over windows: each window's share added to all its inputs. One band to an item.</summary>
/// <remarks>The shares of the windows that look at a row of inputs are added up first, then spread along the row.</remarks>
internal readonly unsafe struct MeanGradientBands<TLanes, T>(PoolPlan plan, T* dy, T* dx) : IItemWork
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    readonly long _width = TapRows<TLanes, T>.Width(plan.W), _taps = plan.W.Taps;
    readonly KeptRows _kept = new(WindowRows.Most(plan.H), TapRows<TLanes, T>.Width(plan.W));

    public void Run(long item)
    {
        (long plane, long begin, long finish) = plan.Inputs[item];
        var rows = new WindowRows(plan.H);
        using Scratch scratch = Scratch.Take((_kept.Length + _width + TapRows<TLanes, T>.Length(plan.W)) * sizeof(T));
        T* shares = (T*)scratch.Pointer, divisors = shares + _kept.Length;
        var taps = new TapRows<TLanes, T>(plan.W, divisors + _width);
        new Span<T>(shares, (int)_kept.Length).Clear();
        Divisors(plan.W, divisors);
        T* to = dx + plane * plan.InPlane + begin * plan.W.In, from = dy + plane * plan.OutPlane;
        long known = 0;
        for (long i = begin; i < finish; i++, to += plan.W.In)
        {
            taps.Clear(T.Zero);
            rows.Next(i);
            for (known = Math.Max(known, rows.First); known < rows.End; known++)
            {
                T* share = shares + _kept[known];
                TLanes count = TLanes.All(T.CreateTruncating(plan.H.Divisor(known)));
                new Span<T>(from + known * plan.W.Out, (int)plan.W.Out).CopyTo(new(share, (int)plan.W.Out));
                for (long w = 0; w < _width; w += TLanes.Count) TLanes.Store(TLanes.Load(share + w) / (count * TLanes.Load(divisors + w)), share + w);
            }

            Spread(shares, rows, taps);
            taps.Write(to);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    void Spread(T* shares, WindowRows rows, TapRows<TLanes, T> taps)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        for (long w = 0; w < _width; w += TLanes.Count)
        {
            TLanes sum = TLanes.All(T.Zero);
            for (long o = rows.First; o < rows.End; o++) sum += TLanes.Load(shares + _kept[o] + w);
            for (long tap = 0; tap < _taps; tap++) TLanes.Store(TLanes.Load(taps[tap] + w) + sum, taps[tap] + w);
        }
    }

    /// <summary>What a mean divides by along a row; 1 beyond its end.</summary>
    public static void Divisors(PoolAxis axis, T* divisors)
    {
        new Span<T>(divisors, (int)TapRows<TLanes, T>.Width(axis)).Fill(T.One);
        for (long o = 0; o < axis.Out; o++) divisors[o] = T.CreateTruncating(axis.Divisor(o));
    }
}
