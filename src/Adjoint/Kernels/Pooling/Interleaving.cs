using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Kernels.Pooling;

/// <summary>Parts neighbours into two rows, and joins two rows in turns.</summary>
/// <remarks>By vectors, the last of which overlaps the one before, as long as there are enough elements for one.</remarks>
internal static unsafe class Interleaving
{
    /// <summary><c>even[i] = source[2i]</c>, <c>odd[i] = source[2i + 1]</c>.</summary>
    public static void Split<T>(T* source, long count, T* even, T* odd)
    {
        long pairs = count / 2, i = 0, n = Width<T>(pairs);
        if (n > 0)
        {
            for (; i < pairs - n; i += n) SplitVectors(source + 2 * i, n, even + i, odd + i);
            i = pairs - n;
            SplitVectors(source + 2 * i, n, even + i, odd + i);
            i = pairs;
        }

        for (; i < pairs; i++) (even[i], odd[i]) = (source[2 * i], source[2 * i + 1]);
        if (count % 2 != 0) even[pairs] = source[count - 1];
    }

    /// <summary><c>target[2i] = even[i]</c>, <c>target[2i + 1] = odd[i]</c>.</summary>
    public static void Join<T>(T* even, T* odd, long count, T* target)
    {
        long pairs = count / 2, i = 0, n = Width<T>(pairs);
        if (n > 0)
        {
            for (; i < pairs - n; i += n) JoinVectors(even + i, odd + i, n, target + 2 * i);
            i = pairs - n;
            JoinVectors(even + i, odd + i, n, target + 2 * i);
            i = pairs;
        }

        for (; i < pairs; i++) (target[2 * i], target[2 * i + 1]) = (even[i], odd[i]);
        if (count % 2 != 0) target[count - 1] = even[pairs];
    }

    /// <summary>Pairs that a step takes; 0: one by one.</summary>
    static long Width<T>(long pairs)
    {
        if (sizeof(T) == 4 && Avx2.IsSupported && pairs >= 8) return 8;
        return sizeof(T) == 4 && (Sse.IsSupported || AdvSimd.Arm64.IsSupported) && pairs >= 4 ? 4 : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void SplitVectors<T>(T* source, long n, T* even, T* odd)
    {
        float* s = (float*)source, e = (float*)even, o = (float*)odd;
        if (n == 8)
        {
            // Within each half: 0 2 8 10 | 4 6 12 14; the middle quarters change places.
            Vector256<float> a = *(Vector256<float>*)s, b = *(Vector256<float>*)(s + 8);
            *(Vector256<float>*)e = Avx2.Permute4x64(Avx.Shuffle(a, b, 0b10_00_10_00).AsDouble(), 0b11_01_10_00).AsSingle();
            *(Vector256<float>*)o = Avx2.Permute4x64(Avx.Shuffle(a, b, 0b11_01_11_01).AsDouble(), 0b11_01_10_00).AsSingle();
            return;
        }

        Vector128<float> low = *(Vector128<float>*)s, high = *(Vector128<float>*)(s + 4);
        if (Sse.IsSupported)
        {
            *(Vector128<float>*)e = Sse.Shuffle(low, high, 0b10_00_10_00);
            *(Vector128<float>*)o = Sse.Shuffle(low, high, 0b11_01_11_01);
        }
        else
        {
            *(Vector128<float>*)e = AdvSimd.Arm64.UnzipEven(low, high);
            *(Vector128<float>*)o = AdvSimd.Arm64.UnzipOdd(low, high);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void JoinVectors<T>(T* even, T* odd, long n, T* target)
    {
        float* t = (float*)target, e = (float*)even, o = (float*)odd;
        if (n == 8)
        {
            Vector256<float> a = *(Vector256<float>*)e, b = *(Vector256<float>*)o, low = Avx.UnpackLow(a, b), high = Avx.UnpackHigh(a, b);
            *(Vector256<float>*)t = Avx.Permute2x128(low, high, 0x20);
            *(Vector256<float>*)(t + 8) = Avx.Permute2x128(low, high, 0x31);
            return;
        }

        Vector128<float> evens = *(Vector128<float>*)e, odds = *(Vector128<float>*)o;
        if (Sse.IsSupported)
        {
            *(Vector128<float>*)t = Sse.UnpackLow(evens, odds);
            *(Vector128<float>*)(t + 4) = Sse.UnpackHigh(evens, odds);
        }
        else
        {
            *(Vector128<float>*)t = AdvSimd.Arm64.ZipLow(evens, odds);
            *(Vector128<float>*)(t + 4) = AdvSimd.Arm64.ZipHigh(evens, odds);
        }
    }
}
