using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Kernels.Lanes;

/// <summary>BF16 numbers to and from float, a register at a time: they are read and written in every mixed-precision step.</summary>
internal static unsafe class BFloat16Lanes
{
    /// <summary>A number beside sixteen zeros is its float.</summary>
    /// <returns>How many of <paramref name="count"/> were widened: whole registers.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Widen(ushort* source, float* target, nint count)
    {
        nint i = 0;
        if (Avx512BW.IsSupported)
        {
            // Of 64 numbers, those of the source come first: index 32 is a zero, and the sixteen that follow each other are in the upper halves.
            Vector512<uint> indices = Vector512.CreateSequence(32u, 1u << 16);
            Vector512<ushort> none = default, first = indices.AsUInt16(), second = (indices + Vector512.Create(16u << 16)).AsUInt16();
            for (; i + 32 <= count; i += 32)
            {
                Vector512<ushort> all = *(Vector512<ushort>*)(source + i);
                *(Vector512<ushort>*)(target + i) = Avx512BW.PermuteVar32x16x2(all, first, none);
                *(Vector512<ushort>*)(target + i + 16) = Avx512BW.PermuteVar32x16x2(all, second, none);
            }
        }

        for (; i + 16 <= count; i += 16)
        {
            Vector256<ushort> sixteen = *(Vector256<ushort>*)(source + i);
            *(Vector256<float>*)(target + i) = (Vector256.WidenLower(sixteen) << 16).AsSingle();
            *(Vector256<float>*)(target + i + 8) = (Vector256.WidenUpper(sixteen) << 16).AsSingle();
        }

        return i;
    }

    /// <summary>Rounds to nearest even; NaN stays NaN.</summary>
    /// <returns>How many of <paramref name="count"/> were rounded: whole registers.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Narrow(float* source, ushort* target, nint count)
    {
        nint i = 0;
        if (Avx512BW.IsSupported)
        {
            // One instruction takes the upper halves of two registers.
            Vector512<ushort> upper = Vector512.CreateSequence<ushort>(1, 2);
            for (; i + 32 <= count; i += 32)
                *(Vector512<ushort>*)(target + i) = Avx512BW.PermuteVar32x16x2(Round(*(Vector512<float>*)(source + i)), upper, Round(*(Vector512<float>*)(source + i + 16)));
        }

        for (; i + 16 <= count; i += 16)
            *(Vector256<ushort>*)(target + i) = Vector256.Narrow(Round(*(Vector256<float>*)(source + i)), Round(*(Vector256<float>*)(source + i + 8)));
        return i;
    }

    /// <summary>Loads and widens as many as fill a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load512(BFloat16* source)
    {
        Vector256<ushort> halves = *(Vector256<ushort>*)source;
        Vector512<uint> wide = Avx512F.IsSupported ? Avx512F.ConvertToVector512UInt32(halves) : Vector512.Create(Vector256.WidenLower(halves), Vector256.WidenUpper(halves));
        return (wide << 16).AsSingle();
    }

    /// <inheritdoc cref="Load512"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load256(BFloat16* source)
    {
        Vector128<ushort> halves = *(Vector128<ushort>*)source;
        return (Vector256.Create(Vector128.WidenLower(halves), Vector128.WidenUpper(halves)) << 16).AsSingle();
    }

    /// <summary>Rounds a register and stores it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> x, BFloat16* target)
    {
        if (Avx512BW.IsSupported) *(Vector256<ushort>*)target = Avx512BW.PermuteVar32x16(Round(x), Vector512.CreateSequence<ushort>(1, 2)).GetLower();
        else for (int i = 0; i < 16; i++) target[i] = (BFloat16)x.GetElement(i);
    }

    /// <inheritdoc cref="Store(Vector512{float}, BFloat16*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> x, BFloat16* target)
    {
        Vector256<uint> rounded = Round(x);
        *(Vector128<ushort>*)target = Vector256.Narrow(rounded, rounded).GetLower();
    }

    /// <summary>The results are the upper halves: adding just under half of the last kept bit, plus that bit, carries exactly when rounding to nearest even goes up.</summary>
    /// <remarks>Of the eight kinds of numbers that the table knows, the first two are NaN: they are made quiet, the others stay as they were rounded.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<ushort> Round(Vector512<float> x)
    {
        Vector512<uint> bits = x.AsUInt32(), rounded = bits + Vector512.Create(0x7FFFu) + ((bits >> 16) & Vector512<uint>.One);
        return Avx512F.Fixup(rounded.AsSingle(), x, Vector512.Create(0x22), 0).AsUInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<uint> Round(Vector256<float> x)
    {
        Vector256<uint> bits = x.AsUInt32(), high = bits >> 16;
        Vector256<uint> rounded = (bits + Vector256.Create(0x7FFFu) + (high & Vector256<uint>.One)) >> 16;
        return Vector256.ConditionalSelect(Vector256.Equals(x, x).AsUInt32(), rounded, high | Vector256.Create(0x40u));
    }
}
