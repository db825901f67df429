namespace Adjoint.Kernels.Reduction;

/// <summary>
/// Reductions over any axes: y has x's rank, with size 1 where an axis is reduced, and is contiguous; x may be strided.
/// </summary>
/// <remarks>
/// The loops are put in memory order and reduced in stages, innermost reduced loop first. A stage reads each element once
/// and turns fixed-size blocks into single numbers, so the tree of additions depends on sizes alone, never on threads, and
/// every stage has enough blocks for all threads however the axes lie. F16 and BF16 are widened to F32 on reading, and only
/// the final result is rounded back. Integers are exact, in <see cref="long"/>.
/// </remarks>
internal static unsafe class Reduce
{
    /// <summary>y = Σ x / <paramref name="divisor"/>.</summary>
    public static void Sum(Operand x, Operand y, double divisor = 1) => Run<Adding, AsIs>(x, y, divisor);

    /// <summary>y = Π x.</summary>
    public static void Product(Operand x, Operand y) => Run<Multiplying, AsIs>(x, y);

    /// <summary>The largest element; NaN where there is one.</summary>
    public static void Max(Operand x, Operand y) => Run<Largest, AsIs>(x, y);

    /// <summary>The smallest element; NaN where there is one.</summary>
    public static void Min(Operand x, Operand y) => Run<Smallest, AsIs>(x, y);

    /// <summary>y = Σ x².</summary>
    public static void SumOfSquares(Operand x, Operand y) => Run<Adding, Squared>(x, y);

    /// <summary>y = Σ |x|.</summary>
    public static void SumOfMagnitudes(Operand x, Operand y) => Run<Adding, Magnitude>(x, y);

    /// <summary>y = max |x|.</summary>
    public static void MaxMagnitude(Operand x, Operand y) => Run<Largest, Magnitude>(x, y);

    /// <summary>y = min |x|.</summary>
    public static void MinMagnitude(Operand x, Operand y) => Run<Smallest, Magnitude>(x, y);

    static void Run<TFold, TMap>(in Operand x, in Operand y, double divisor = 1)
        where TFold : struct, IFold
        where TMap : struct, IPremap
    {
        switch (x.DType)
        {
            case DType.F64: Stages<TFold, TMap, Same<double>, double>.Run(x, y, divisor); break;
            case DType.F32: Stages<TFold, TMap, Same<float>, float>.Run(x, y, divisor); break;
            case DType.BF16: Stages<TFold, TMap, FromBFloat16, float>.Run(x, y, divisor); break;
            case DType.F16: Stages<TFold, TMap, FromHalf, float>.Run(x, y, divisor); break;
            default: ReduceWhole.Run<TFold>(x, y); break;
        }
    }
}
