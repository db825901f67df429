using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Pooling;

/// <summary>The gradient of a maximum over windows: each dy goes to the element of its window that the number names. One band to an item.</summary>
/// <remarks>Row by row of the input: what each tap of the windows above it receives is added up tap by tap.</remarks>
internal readonly unsafe struct MaxGradientBands<TLanes, T>(PoolPlan plan, T* dy, int* index, T* dx) : IItemWork
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    readonly long _width = TapRows<TLanes, T>.Width(plan.W), _taps = plan.W.Taps;
    readonly KeptRows _kept = new(WindowRows.Most(plan.H), TapRows<TLanes, T>.Width(plan.W));

    public void Run(long item)
    {
        (long plane, long begin, long finish) = plan.Inputs[item];
        var rows = new WindowRows(plan.H);
        using Scratch scratch = Scratch.Take((2 * _kept.Length + TapRows<TLanes, T>.Length(plan.W)) * sizeof(T) + _width * sizeof(int));
        T* gradient = (T*)scratch.Pointer, number = gradient + _kept.Length;
        var taps = new TapRows<TLanes, T>(plan.W, number + _kept.Length);
        int* padded = (int*)(number + _kept.Length + TapRows<TLanes, T>.Length(plan.W));
        new Span<T>(gradient, (int)_kept.Length).Clear();
        new Span<int>(padded, (int)_width).Clear();
        T* to = dx + plane * plan.InPlane + begin * plan.W.In, from = dy + plane * plan.OutPlane;
        int* at = index + plane * plan.OutPlane;
        long known = 0;
        for (long i = begin; i < finish; i++, to += plan.W.In)
        {
            taps.Clear(T.Zero);
            rows.Next(i);
            for (known = Math.Max(known, rows.First); known < rows.End; known++)
            {
                new Span<T>(from + known * plan.W.Out, (int)plan.W.Out).CopyTo(new(gradient + _kept[known], (int)plan.W.Out));
                new Span<int>(at + known * plan.W.Out, (int)plan.W.Out).CopyTo(new(padded, (int)plan.W.Out));
                for (long w = 0; w < _width; w += TLanes.Count) TLanes.Store(TLanes.FromIntegers(padded + w), number + _kept[known] + w);
            }

            for (long o = rows.First; o < rows.End; o++)
                if (rows.Tap(o, i) is >= 0 and long tap) Add(gradient + _kept[o], number + _kept[o], tap * _taps, taps);
            taps.Write(to);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    void Add(T* gradient, T* number, long first, TapRows<TLanes, T> taps)
    {
        Compiled.AtOnce(stackalloc byte[1]);
        for (long w = 0; w < _width; w += TLanes.Count)
        {
            TLanes value = TLanes.Load(gradient + w), which = TLanes.Load(number + w);
            for (long tap = _taps - 1; tap >= 0; tap--)
            {
                T* to = taps[tap] + w;
                TLanes.Store(TLanes.Load(to) + TLanes.And(TLanes.Equal(which, TLanes.All(T.CreateTruncating(first + tap))), value), to);
            }
        }
    }
}
