using System.Runtime.CompilerServices;

namespace Adjoint.Kernels.Lanes;

// x·Φ(x) and its slope Φ(x) + x·φ(x), from their values on the left: Φ(x) = 1 − Φ(−x), and the slopes at x and −x add up to 1.
internal static unsafe partial class LaneMath
{
    static readonly float* NormalTail = Segments.Of(a => 0.5 * Vocabulary.Erfc(a * Math.Sqrt(0.5)));
    static readonly float* GeluSlopeTail = Segments.Of(a => Vocabulary.GeluSlope(-a));

    // max(x, 0) − |x|·Φ(−|x|): on the left nothing cancels, on the right it is rounded once.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Gelu<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
    {
        V a = V.AtMost(V.Abs(x), C<V, T>(typeof(T) == typeof(float) ? Segments.End : 39));
        V tail = typeof(T) == typeof(float) ? Segments.At<V, T>((T*)NormalTail, a) : Tail<V, T>(a);
        return V.MultiplyAdd(-a, tail, V.Select(V.Less(x, C<V, T>(0)), C<V, T>(-0.0), x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V GeluSlope<V, T>(V x)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged
    {
        V a = V.AtMost(V.Abs(x), C<V, T>(typeof(T) == typeof(float) ? Segments.End : 39));
        V tail = typeof(T) == typeof(float)
            ? Segments.At<V, T>((T*)GeluSlopeTail, a)
            : Tail<V, T>(a) - (a * C<V, T>(0.39894228040143267) * ExpFalling<V, T>(C<V, T>(-0.5) * a * a));
        return V.Select(V.Less(x, C<V, T>(0)), tail, C<V, T>(1) - tail);
    }

    /// <summary>Φ(−a).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Tail<V, T>(V a)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => C<V, T>(0.5) * Erfc<V, T>(a * C<V, T>(0.70710678118654752));
}
