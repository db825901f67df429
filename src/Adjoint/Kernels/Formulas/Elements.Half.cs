using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Adjoint.Kernels.Lanes;

namespace Adjoint.Kernels.Formulas;

// The two 16-bit types, a register at a time: they are read and written in every mixed-precision step.
internal static unsafe partial class Elements
{
    static void WidenBFloat16(ushort* source, float* block, nint count)
    {
        for (nint i = BFloat16Lanes.Widen(source, block, count); i < count; i++) block[i] = ((BFloat16*)source)[i];
    }

    static void NarrowBFloat16(float* block, ushort* target, nint count)
    {
        for (nint i = BFloat16Lanes.Narrow(block, target, count); i < count; i++) ((BFloat16*)target)[i] = (BFloat16)block[i];
    }

    /// <summary>Rows that are asked for before they are read: rows that lie apart are mostly on pages of their own, where the hardware does not foresee them.</summary>
    const nint Ahead = 12;

    /// <summary>Reads rows, <paramref name="rowBytes"/> apart, into a block in which they follow each other.</summary>
    public static void FetchRows<T>(DType type, byte* source, nint rowBytes, T* block, nint width, nint rows)
    {
        nint size = type.Bytes;
        for (; rows > 0; rows--, source += rowBytes, block += width)
        {
            if (Sse.IsSupported) for (nint at = 0; at < width * size; at += 64) Sse.Prefetch0(source + (Ahead * rowBytes) + at);
            // Short rows: a call for each, and finding out its type, took longer than they do.
            nint done = type == DType.BF16 && typeof(T) == typeof(float) ? BFloat16Lanes.Widen((ushort*)source, (float*)block, width) : 0;
            if (done < width) Fetch(type, source + (done * size), 1, block + done, width - done);
        }
    }

    /// <summary>Writes rows that follow each other to rows that are <paramref name="rowBytes"/> apart.</summary>
    public static void PutRows<T>(T* block, DType type, byte* target, nint rowBytes, nint width, nint rows)
    {
        nint size = type.Bytes;
        for (; rows > 0; rows--, target += rowBytes, block += width)
        {
            nint done = type == DType.BF16 && typeof(T) == typeof(float) ? BFloat16Lanes.Narrow((float*)block, (ushort*)target, width) : 0;
            if (done < width) Put(block + done, type, target + (done * size), 1, width - done);
        }
    }

    static void WidenHalf(ushort* source, float* block, nint count)
    {
        nint i = 0;
        for (; i + 16 <= count; i += 16)
        {
            Vector256<ushort> sixteen = *(Vector256<ushort>*)(source + i);
            Vector256<uint> low = Vector256.WidenLower(sixteen), high = Vector256.WidenUpper(sixteen);
            *(Vector256<float>*)(block + i) = Widen(low);
            *(Vector256<float>*)(block + i + 8) = Widen(high);
        }

        for (; i < count; i++) block[i] = (float)((Half*)source)[i];

        // With the fields moved into place the exponent is 112 too small: a multiplication mends it, subnormal numbers included.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<float> Widen(Vector256<uint> bits)
        {
            Vector256<uint> sign = (bits & Vector256.Create(0x8000u)) << 16, magnitude = (bits & Vector256.Create(0x7FFFu)) << 13;
            Vector256<uint> finite = (magnitude.AsSingle() * Vector256.Create(5.192296858534828e33f)).AsUInt32();
            Vector256<uint> special = magnitude | Vector256.Create(0x7F800000u);
            Vector256<uint> isSpecial = Vector256.GreaterThanOrEqual(magnitude.AsInt32(), Vector256.Create(0x7C00 << 13)).AsUInt32();
            return (Vector256.ConditionalSelect(isSpecial, special, finite) | sign).AsSingle();
        }
    }

    static void NarrowHalf(float* block, ushort* target, nint count)
    {
        nint i = 0;
        for (; i + 16 <= count; i += 16)
            *(Vector256<ushort>*)(target + i) = Vector256.Narrow(Narrow(*(Vector256<float>*)(block + i)), Narrow(*(Vector256<float>*)(block + i + 8)));
        for (; i < count; i++) ((Half*)target)[i] = (Half)block[i];

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<uint> Narrow(Vector256<float> x)
        {
            Vector256<uint> bits = x.AsUInt32(), magnitude = bits & Vector256.Create(0x7FFFFFFFu), sign = (bits ^ magnitude) >> 16;

            // Normal: move the exponent by 15 − 127 and round as above; a carry out of the fraction ends in the exponent, or at infinity.
            Vector256<uint> odd = (magnitude >> 13) & Vector256<uint>.One;
            Vector256<uint> normal = (magnitude + Vector256.Create(0xC8000FFFu) + odd) >> 13;

            // Subnormal: adding ½ leaves multiples of 2⁻²⁴ in the fraction, rounded by the addition itself.
            Vector256<uint> small = (magnitude.AsSingle() + Vector256.Create(0.5f)).AsUInt32() - Vector256.Create(0x3F000000u);

            Vector256<int> ordered = magnitude.AsInt32();
            Vector256<uint> isSmall = Vector256.LessThan(ordered, Vector256.Create(0x38800000)).AsUInt32();
            Vector256<uint> isLarge = Vector256.GreaterThanOrEqual(ordered, Vector256.Create(0x47800000)).AsUInt32();
            Vector256<uint> large = Vector256.ConditionalSelect(Vector256.Equals(x, x).AsUInt32(), Vector256.Create(0x7C00u), Vector256.Create(0x7E00u));
            return Vector256.ConditionalSelect(isLarge, large, Vector256.ConditionalSelect(isSmall, small, normal)) | sign;
        }
    }
}
