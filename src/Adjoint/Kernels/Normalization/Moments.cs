using System.Numerics;
using System.Runtime.CompilerServices;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Normalization;

/// <summary>Mean and sum of squared distances from it, for each contiguous row: two passes, the second over what the first left in the cache.</summary>
internal static unsafe class Moments
{
    /// <summary>variance[row] = Σ (x − mean)² / <paramref name="divisor"/>, or its root.</summary>
    public static void Variance<T>(T* x, T* variance, long rows, long length, T divisor, bool root) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (length == 0) for (long r = 0; r < rows; r++) variance[r] = T.NaN;
        RowLoop.For<Variances<T>, T>(new(x, variance, length, divisor, root), rows, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (T Mean, T Squares) Of<V, T>(T* x, long n)
        where V : struct, ILanes<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T mean = Row<V, T>.Sum(new Terms<T>.Value<V>(x), n) / T.CreateSaturating(n);
        return (mean, Row<V, T>.Sum(new Terms<T>.SquaredDistance<V>(x, mean), n));
    }

    readonly struct Variances<T>(T* x, T* variance, long n, T divisor, bool root) : IRows<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run<V>(long first, long end) where V : struct, ILanes<V, T>
        {
            for (long r = first; r < end; r++)
            {
                T value = Of<V, T>(x + (r * n), n).Squares / divisor;
                variance[r] = root ? T.Sqrt(value) : value;
            }
        }
    }
}
