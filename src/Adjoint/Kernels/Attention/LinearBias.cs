using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Attention;

/// <summary>Attention with linear biases (ALiBi): a head's slope times the way from a key to its query is taken off their score.</summary>
/// <remarks>Source: Press et al. 2022, §3, and the code published with it for numbers of heads that are no power of two.</remarks>
internal static unsafe class LinearBias
{
    /// <summary>2^(−8·(head + 1)/heads); of the heads beyond a power of two, every second slope of twice as many.</summary>
    public static double Slope(long head, long heads)
    {
        long whole = (long)BitOperations.RoundUpToPowerOf2((ulong)heads);
        if (whole != heads) whole /= 2;
        return head < whole ? Math.Pow(2, -8.0 * (head + 1) / whole) : Math.Pow(2, -8.0 * ((2 * (head - whole)) + 1) / (2 * whole));
    }

    /// <summary>Adds to a block of scores [keys, lanes], in powers of two; lanes are queries.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Add<V, T>(AttentionForm form, long head, long firstQuery, long firstKey, long keys, T* scores, int lanes)
        where V : struct, ILanes<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (!form.IsLinearlyBiased) return;
        T* places = stackalloc T[lanes];
        for (int r = 0; r < lanes; r++) places[r] = T.CreateTruncating(form.Position + firstQuery - firstKey + r);
        V slope = V.All(T.CreateTruncating(-AttentionForm.Log2E * Slope(head, form.Heads)));
        for (long k = 0; k < keys; k++)
        {
            V key = V.All(T.CreateTruncating(k));
            T* at = scores + (k * lanes);
            for (int c = 0; c < lanes; c += V.Count) V.Store(V.Load(at + c) + (slope * V.Abs(V.Load(places + c) - key)), at + c);
        }
    }
}
