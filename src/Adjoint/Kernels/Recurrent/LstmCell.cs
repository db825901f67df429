using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Recurrent;

/// <summary>Forward: <c>c ← σ(f)·c + σ(i)·tanh(g)</c>, <c>h ← σ(o)·tanh(c)</c>.</summary>
/// <param name="gates">[T, B, 4H]: the products with x; what the gates make of the sums takes their place.</param>
/// <param name="bias">[4H], or null.</param>
/// <param name="cells">[T, B, H]: each step's c.</param>
/// <param name="initial">c before the first step, [B, H].</param>
/// <param name="steps">The sizes.</param>
internal readonly unsafe struct LstmCell<T>(T* gates, T* bias, T* cells, T* initial, Steps steps) : IForwardCell<T>
{
    public static int Gates => 4;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Forward<V>(in CellStep<T> step) where V : struct, ILanes<V, T>
    {
        long hidden = steps.Hidden, first = (step.Time * steps.Batch) + step.Row;
        T* gate = gates + (first * 4 * hidden) + step.Unit, cell = cells + (first * hidden) + step.Unit;
        T* before = (step.Before < 0 ? initial : cells + (step.Before * steps.Batch * hidden)) + (step.Row * hidden) + step.Unit;
        T* sums = step.Sums, next = step.Next;
        V bi = Bias<V>(step.Unit), bf = Bias<V>(step.Unit + hidden), bg = Bias<V>(step.Unit + (2 * hidden)), bo = Bias<V>(step.Unit + (3 * hidden));
        for (long r = 0; r < step.Rows; r++)
        {
            V i = LaneMath.Sigmoid<V, T>(V.Load(gate) + V.Load(sums) + bi);
            V f = LaneMath.Sigmoid<V, T>(V.Load(gate + hidden) + V.Load(sums + step.SumsGate) + bf);
            V g = LaneMath.Tanh<V, T>(V.Load(gate + (2 * hidden)) + V.Load(sums + (2 * step.SumsGate)) + bg);
            V o = LaneMath.Sigmoid<V, T>(V.Load(gate + (3 * hidden)) + V.Load(sums + (3 * step.SumsGate)) + bo);
            V c = (f * V.Load(before)) + (i * g);
            V.Store(i, gate);
            V.Store(f, gate + hidden);
            V.Store(g, gate + (2 * hidden));
            V.Store(o, gate + (3 * hidden));
            V.Store(c, cell);
            V.Store(o * LaneMath.Tanh<V, T>(c), next);
            gate += 4 * hidden;
            cell += hidden;
            before += hidden;
            sums += step.SumsRow;
            next += step.StateRow;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    V Bias<V>(long at) where V : struct, ILanes<V, T> => bias is null ? default : V.Load(bias + at);
}
