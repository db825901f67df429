using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Recurrent;

/// <summary>Forward: <c>r = σ(aᵣ + bᵣ)</c>, <c>z = σ(a_z + b_z)</c>, <c>n = tanh(aₙ + r·bₙ)</c>, <c>h ← n + z·(h − n)</c>, where a comes from x and b from the state.</summary>
/// <param name="gates">[T, B, 4H]: the products with x, then H unset; r, z, n and bₙ take their places.</param>
/// <param name="biasInput">[3H], or null.</param>
/// <param name="biasHidden">[3H], or null like the other.</param>
/// <param name="steps">The sizes.</param>
internal readonly unsafe struct GruCell<T>(T* gates, T* biasInput, T* biasHidden, Steps steps) : IForwardCell<T>
{
    public static int Gates => 3;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Forward<V>(in CellStep<T> step) where V : struct, ILanes<V, T>
    {
        long hidden = steps.Hidden;
        T* gate = gates + (((step.Time * steps.Batch) + step.Row) * 4 * hidden) + step.Unit, sums = step.Sums, state = step.State, next = step.Next;
        V br = default, bz = default, ba = default, bn = default;
        if (biasInput is not null)
        {
            T* a = biasInput + step.Unit, b = biasHidden + step.Unit;
            (br, bz) = (V.Load(a) + V.Load(b), V.Load(a + hidden) + V.Load(b + hidden));
            (ba, bn) = (V.Load(a + (2 * hidden)), V.Load(b + (2 * hidden)));
        }

        for (long row = 0; row < step.Rows; row++)
        {
            V r = LaneMath.Sigmoid<V, T>(V.Load(gate) + V.Load(sums) + br);
            V z = LaneMath.Sigmoid<V, T>(V.Load(gate + hidden) + V.Load(sums + step.SumsGate) + bz);
            V b = V.Load(sums + (2 * step.SumsGate)) + bn;
            V n = LaneMath.Tanh<V, T>(V.Load(gate + (2 * hidden)) + ba + (r * b));
            V.Store(r, gate);
            V.Store(z, gate + hidden);
            V.Store(n, gate + (2 * hidden));
            V.Store(b, gate + (3 * hidden));
            V.Store(n + (z * (V.Load(state) - n)), next);
            gate += 4 * hidden;
            sums += step.SumsRow;
            state += step.StateRow;
            next += step.StateRow;
        }
    }
}
