using System.Runtime.CompilerServices;

namespace Adjoint.Kernels.Lanes;

/// <summary>
/// Elementary functions over lanes. Each is one sequence of lane operations for all widths, so that a value gives the
/// same bits wherever it stands in a range. What they mean is defined, in <see cref="double"/>, by <see cref="Math"/> and
/// <see cref="Vocabulary"/>.
/// </summary>
internal static unsafe partial class LaneMath
{
    /// <summary>A constant, rounded to the precision of the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V C<V, T>(double value)
        where V : unmanaged, ILanes<V, T>
        where T : unmanaged => V.All(typeof(T) == typeof(float)
            ? Unsafe.BitCast<float, T>((float)value)
            : Unsafe.BitCast<double, T>(value));
}
