using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Recurrent;

/// <summary>Backward: with h = o·tanh(c), <c>dc += dh·o·(1 − tanh²c)</c>, from it the gradients of i, f, g, o and of the sums they are made of, and <c>dc ← f·dc</c>.</summary>
/// <param name="gates">[T, B, 4H]: what the gates made of the sums.</param>
/// <param name="cells">[T, B, H]: each step's c.</param>
/// <param name="initial">c before the first step, [B, H].</param>
/// <param name="slopes">[T, B, 4H]: where the gradients of the sums go.</param>
/// <param name="memory">[B, H]: the gradient of the last c; that of the initial one takes its place.</param>
/// <param name="steps">The sizes.</param>
internal readonly unsafe struct LstmGradient<T>(T* gates, T* cells, T* initial, T* slopes, T* memory, Steps steps) : IBackwardCell<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static int Gates => 4;
    public static int Totals => 4;
    public static bool PassesState => false;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Backward<V>(in CellStep<T> step) where V : struct, ILanes<V, T>
    {
        long hidden = steps.Hidden, first = (step.Time * steps.Batch) + step.Row;
        T* gate = gates + (first * 4 * hidden) + step.Unit, to = slopes + (first * 4 * hidden) + step.Unit, cell = cells + (first * hidden) + step.Unit;
        T* before = (step.Before < 0 ? initial : cells + (step.Before * steps.Batch * hidden)) + (step.Row * hidden) + step.Unit;
        T* dMemory = memory + (step.Row * hidden) + step.Unit, dh = step.State, dy = step.Slope, sums = step.Sums;
        V one = V.All(T.One), ti = default, tf = default, tg = default, to4 = default;
        for (long r = 0; r < step.Rows; r++)
        {
            V i = V.Load(gate), f = V.Load(gate + hidden), g = V.Load(gate + (2 * hidden)), o = V.Load(gate + (3 * hidden));
            V slope = V.Load(dh) + V.Load(dy), shown = LaneMath.Tanh<V, T>(V.Load(cell));
            V dc = V.Load(dMemory) + (slope * o * (one - (shown * shown)));
            V di = dc * g * i * (one - i), df = dc * V.Load(before) * f * (one - f), dg = dc * i * (one - (g * g)), @do = slope * shown * o * (one - o);
            V.Store(dc * f, dMemory);
            V.Store(di, to);
            V.Store(df, to + hidden);
            V.Store(dg, to + (2 * hidden));
            V.Store(@do, to + (3 * hidden));
            V.Store(di, sums);
            V.Store(df, sums + step.SumsGate);
            V.Store(dg, sums + (2 * step.SumsGate));
            V.Store(@do, sums + (3 * step.SumsGate));
            (ti, tf, tg, to4) = (ti + di, tf + df, tg + dg, to4 + @do);
            gate += 4 * hidden;
            to += 4 * hidden;
            cell += hidden;
            before += hidden;
            dMemory += hidden;
            dh += step.StateRow;
            dy += hidden;
            sums += step.SumsRow;
        }

        T* totals = step.Totals;
        V.Store(V.Load(totals) + ti, totals);
        V.Store(V.Load(totals + hidden) + tf, totals + hidden);
        V.Store(V.Load(totals + (2 * hidden)) + tg, totals + (2 * hidden));
        V.Store(V.Load(totals + (3 * hidden)) + to4, totals + (3 * hidden));
    }
}
