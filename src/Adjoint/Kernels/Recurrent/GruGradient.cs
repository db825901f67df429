using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Recurrent;

/// <summary>Backward: from the gradient of <c>h' = n + z·(h − n)</c> those of r, z, n and of the sums they are made of; <c>z·dh'</c> goes on to h without a product.</summary>
/// <param name="gates">[T, B, 4H]: r, z, n and bₙ.</param>
/// <param name="y">[T, B, H]: each step's h.</param>
/// <param name="initial">h before the first step, [B, H].</param>
/// <param name="slopes">[T, B, 4H]: where the gradients of the sums go: r and z, whose two parts have the same, then aₙ and bₙ.</param>
/// <param name="steps">The sizes.</param>
internal readonly unsafe struct GruGradient<T>(T* gates, T* y, T* initial, T* slopes, Steps steps) : IBackwardCell<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static int Gates => 3;
    public static int Totals => 4;
    public static bool PassesState => true;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Backward<V>(in CellStep<T> step) where V : struct, ILanes<V, T>
    {
        long hidden = steps.Hidden, first = ((step.Time * steps.Batch) + step.Row) * 4 * hidden;
        T* gate = gates + first + step.Unit, to = slopes + first + step.Unit;
        T* before = (step.Before < 0 ? initial : y + (step.Before * steps.Batch * hidden)) + (step.Row * hidden) + step.Unit;
        T* dh = step.State, dy = step.Slope, sums = step.Sums;
        V one = V.All(T.One), tr = default, tz = default, ta = default, tb = default;
        for (long row = 0; row < step.Rows; row++)
        {
            V r = V.Load(gate), z = V.Load(gate + hidden), n = V.Load(gate + (2 * hidden)), slope = V.Load(dh) + V.Load(dy);
            V da = slope * (one - z) * (one - (n * n)), db = da * r;
            V dr = da * V.Load(gate + (3 * hidden)) * r * (one - r), dz = slope * (V.Load(before) - n) * z * (one - z);
            V.Store(slope * z, dh);
            V.Store(dr, to);
            V.Store(dz, to + hidden);
            V.Store(da, to + (2 * hidden));
            V.Store(db, to + (3 * hidden));
            V.Store(dr, sums);
            V.Store(dz, sums + step.SumsGate);
            V.Store(db, sums + (2 * step.SumsGate));
            (tr, tz, ta, tb) = (tr + dr, tz + dz, ta + da, tb + db);
            gate += 4 * hidden;
            to += 4 * hidden;
            before += hidden;
            dh += step.StateRow;
            dy += hidden;
            sums += step.SumsRow;
        }

        T* totals = step.Totals;
        V.Store(V.Load(totals) + tr, totals);
        V.Store(V.Load(totals + hidden) + tz, totals + hidden);
        V.Store(V.Load(totals + (2 * hidden)) + ta, totals + (2 * hidden));
        V.Store(V.Load(totals + (3 * hidden)) + tb, totals + (3 * hidden));
    }
}
