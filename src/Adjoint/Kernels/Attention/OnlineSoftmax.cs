using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Attention;

/// <summary>Maximum and sum of each lane's scores so far; a block of scores becomes their powers of two beside the maximum.</summary>
/// <param name="memory">Three times <paramref name="lanes"/> numbers.</param>
/// <param name="lanes">The number of lanes, whole vectors.</param>
internal readonly unsafe struct OnlineSoftmax<T>(T* memory, int lanes) where T : unmanaged, IFloatingPointIeee754<T>
{
    public int Lanes => lanes;

    T* Maxima => memory;

    T* Sums => memory + lanes;

    /// <summary>What was summed before the last block has to be multiplied by.</summary>
    public T* Corrections => memory + (2 * lanes);

    public void Begin()
    {
        new Span<T>(Maxima, lanes).Fill(T.NegativeInfinity);
        new Span<T>(Sums, lanes).Clear();
    }

    public T Sum(long lane) => Sums[lane];

    /// <summary>log₂ of the sum; ∞ where there was nothing to sum, so that 2^(score − ∞) is zero.</summary>
    public T LogSum(long lane) => Maxima[lane] == T.NegativeInfinity ? T.PositiveInfinity : Maxima[lane] + T.Log2(Sums[lane]);

    /// <summary>Takes a block [keys, lanes] of scores in powers of two, and leaves 2^(score − maximum), of the keys that are seen.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Take<V>(T* scores, Sight sight) where V : struct, ILanes<V, T>
    {
        Compiled.AtOnce(stackalloc byte[1]);
        V none = V.All(T.NegativeInfinity), zero = V.All(T.Zero);
        int piece = sight.Piece(lanes);
        for (int c = 0; c < lanes; c += V.Count)
        {
            long keys = sight.KeysBefore((c / piece * piece) + piece);
            V before = V.Load(Maxima + c), max = before;
            T* at = scores + c;
            for (long i = 0; i < keys; i++, at += lanes) max = V.Max(max, V.Load(at));
            V.Store(max, Maxima + c);
            // Where nothing is to be seen yet, −∞ − (−∞) must not arise.
            V offset = V.Select(V.Equal(max, none), zero, max);
            V correction = LaneMath.Exp2Falling<V, T>(before - offset), sum = V.Load(Sums + c) * correction;
            V.Store(correction, Corrections + c);
            at = scores + c;
            for (long i = 0; i < keys; i++, at += lanes)
            {
                V p = LaneMath.Exp2Falling<V, T>(V.Load(at) - offset);
                V.Store(p, at);
                sum += p;
            }

            V.Store(sum, Sums + c);
        }
    }
}
