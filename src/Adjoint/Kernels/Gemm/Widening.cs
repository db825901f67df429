using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Adjoint.Kernels.Gemm;

/// <summary>Reads of stored elements as elements to compute with: half types become float, others stay.</summary>
internal static unsafe class Widening
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T One<TIn, T>(TIn value)
    {
        if (typeof(TIn) == typeof(BFloat16)) return Unsafe.BitCast<float, T>(Unsafe.BitCast<TIn, BFloat16>(value));
        if (typeof(TIn) == typeof(Half)) return Unsafe.BitCast<float, T>((float)Unsafe.BitCast<TIn, Half>(value));
        return Unsafe.BitCast<TIn, T>(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Load<TIn, T>(TIn* source)
    {
        if (typeof(TIn) == typeof(BFloat16)) return (Four(source) << 16).As<uint, T>();
        if (typeof(TIn) == typeof(Half)) return OfHalf(Four(source)).As<uint, T>();
        return *(Vector128<T>*)source;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<uint> Four(void* source) =>
        Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(source)).AsUInt16());

    /// <remarks>
    /// A half's exponent and fraction, moved to a float's place, read as the value times 2⁻¹¹² (the biases are 15 and 127); the
    /// product is exact and turns subnormal halves into normal floats. An all-ones exponent (infinity, NaN) must stay all ones.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<uint> OfHalf(Vector128<uint> half)
    {
        Vector128<uint> magnitude = (half & Vector128.Create(0x7FFFu)) << 13;
        Vector128<uint> sign = (half & Vector128.Create(0x8000u)) << 16;
        Vector128<uint> special = Vector128.GreaterThanOrEqual(magnitude, Vector128.Create(0x7C00u << 13));
        Vector128<float> value = magnitude.AsSingle() * Vector128.Create(5.192296858534828e33f); // 2¹¹²
        return value.AsUInt32() | (special & Vector128.Create(0x7F800000u)) | sign;
    }
}
