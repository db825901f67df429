using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Pooling;

/// <summary>The largest element of each window and its number in the window, row by row from the first: one band to an item.</summary>
/// <remarks>
/// The first of equals wins, NaN wins, the last of several. The best of each row of a window is found first and shared by all
/// windows that see the row; the order of comparisons within a window stays that of its elements.
/// </remarks>
internal readonly unsafe struct MaxBands<TLanes, T>(PoolPlan plan, T* x, T* y, int* index) : IItemWork
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    readonly long _width = TapRows<TLanes, T>.Width(plan.W), _taps = plan.W.Taps;

    /// <summary>Rows whose best are kept: at least what a window reaches over.</summary>
    readonly KeptRows _kept = new(Math.Min(plan.H.In, (plan.H.Taps - 1) * plan.H.Dilation + 1), TapRows<TLanes, T>.Width(plan.W));

    public void Run(long item)
    {
        PoolAxis down = plan.H;
        (long plane, long begin, long finish) = plan.Outputs[item];
        using Scratch scratch = Scratch.Take((2 * _kept.Length + 3 * _width + TapRows<TLanes, T>.Length(plan.W)) * sizeof(T) + _width * sizeof(int));
        T* best = (T*)scratch.Pointer, found = best + _kept.Length, first = found + _kept.Length, result = first + _width;
        var taps = new TapRows<TLanes, T>(plan.W, result + _width);
        int* number = (int*)(result + _width + TapRows<TLanes, T>.Length(plan.W));
        taps.Clear(T.NegativeInfinity);
        FirstTaps(first);
        T* from = x + plane * plan.InPlane, to = y + plane * plan.OutPlane + begin * plan.W.Out;
        int* at = index + plane * plan.OutPlane + begin * plan.W.Out;
        long known = 0;
        for (long o = begin; o < finish; o++, to += plan.W.Out, at += plan.W.Out)
        {
            (long top, long bottom) = down.Window(o);
            for (known = Math.Max(known, top); known < bottom; known++)
            {
                taps.Read(from + known * plan.W.In);
                BestOfRow(taps, first, best + _kept[known], found + _kept[known]);
            }

            BestOfRows(best, found, top, bottom, (top - down.Start(o)) / down.Dilation, result, number);
            new Span<T>(result, (int)plan.W.Out).CopyTo(new(to, (int)plan.W.Out));
            new Span<int>(number, (int)plan.W.Out).CopyTo(new(at, (int)plan.W.Out));
        }
    }

    /// <summary>For each output the first tap inside the row: what −∞ everywhere points at. Far below zero where there is none.</summary>
    void FirstTaps(T* first)
    {
        new Span<T>(first, (int)_width).Clear();
        for (long o = 0; o < plan.W.Out; o++)
        {
            (long left, long right) = plan.W.Window(o);
            first[o] = left < right ? T.CreateTruncating((left - plan.W.Start(o)) / plan.W.Dilation) : T.CreateTruncating(-1e30);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    void BestOfRow(TapRows<TLanes, T> taps, T* first, T* best, T* found)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        for (long w = 0; w < _width; w += TLanes.Count)
        {
            TLanes most = TLanes.Load(taps[0] + w), which = TLanes.Load(first + w);
            for (long tap = 1; tap < _taps; tap++) Challenge(TLanes.Load(taps[tap] + w), TLanes.All(T.CreateTruncating(tap)), ref most, ref which);
            TLanes.Store(most, best + w);
            TLanes.Store(which, found + w);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    void BestOfRows(T* best, T* found, long top, long bottom, long tap, T* result, int* number)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        for (long w = 0; w < _width; w += TLanes.Count)
        {
            TLanes most = TLanes.All(T.NegativeInfinity), which = TLanes.All(-T.One);
            long row = top, number0 = tap * _taps;
            if (row < bottom)
            {
                most = TLanes.Load(best + _kept[row] + w);
                which = TLanes.Load(found + _kept[row] + w) + TLanes.All(T.CreateTruncating(number0));
            }

            for (row += plan.H.Dilation; row < bottom; row += plan.H.Dilation)
            {
                number0 += _taps;
                long slot = _kept[row] + w;
                Challenge(TLanes.Load(best + slot), TLanes.Load(found + slot) + TLanes.All(T.CreateTruncating(number0)), ref most, ref which);
            }

            TLanes.Store(most, result + w);
            TLanes.ToIntegers(TLanes.Max(which, TLanes.All(-T.One)), number + w);
        }
    }

    /// <summary>A value that is larger, or NaN, takes the place of the best so far.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Challenge(TLanes value, TLanes number, ref TLanes most, ref TLanes which)
    {
        TLanes loses = TLanes.AndNot(TLanes.Equal(value, value), TLanes.Less(most, value));
        which = TLanes.Select(loses, which, number);
        most = TLanes.Max(most, value);
    }
}
