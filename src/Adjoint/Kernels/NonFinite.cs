using System.Numerics;
using System.Runtime.InteropServices;

namespace Adjoint.Kernels;

/// <summary>Which kinds of numbers that are not finite occur.</summary>
[Flags]
internal enum NonFiniteKinds
{
    None = 0,
    NaN = 1,
    Infinity = 2,
}

/// <summary>Looks for NaN and infinities by bits: without the sign, an infinity is the exponent's mask and a NaN is above it.</summary>
internal static class NonFinite
{
    /// <summary>Looks through a contiguous block; integers have none.</summary>
    public static unsafe NonFiniteKinds Find(void* data, long count, DType dtype) => dtype switch
    {
        DType.F64 => Find((long*)data, count, 0x7FFF_FFFF_FFFF_FFFF, 0x7FF0_0000_0000_0000),
        DType.F32 => Find((int*)data, count, 0x7FFF_FFFF, 0x7F80_0000),
        DType.BF16 => Find((short*)data, count, (short)0x7FFF, (short)0x7F80),
        DType.F16 => Find((short*)data, count, (short)0x7FFF, (short)0x7C00),
        _ => NonFiniteKinds.None,
    };

    static unsafe NonFiniteKinds Find<T>(T* data, long count, T magnitude, T infinity) where T : unmanaged, IBinaryInteger<T>
    {
        NonFiniteKinds found = NonFiniteKinds.None;
        for (long start = 0; start < count;)
        {
            int length = (int)Math.Min(count - start, 1 << 20);
            found |= Find(new ReadOnlySpan<T>(data + start, length), magnitude, infinity);
            start += length;
        }

        return found;
    }

    static NonFiniteKinds Find<T>(ReadOnlySpan<T> bits, T magnitude, T infinity) where T : unmanaged, IBinaryInteger<T>
    {
        NonFiniteKinds found = NonFiniteKinds.None;
        ReadOnlySpan<Vector<T>> vectors = MemoryMarshal.Cast<T, Vector<T>>(bits);
        var signless = new Vector<T>(magnitude);
        var limit = new Vector<T>(infinity);
        // Nearly always nothing is found: one comparison a vector, and a closer look where it says so.
        foreach (Vector<T> vector in vectors)
        {
            Vector<T> size = vector & signless;
            if (!Vector.GreaterThanOrEqualAny(size, limit)) continue;
            if (Vector.EqualsAny(size, limit)) found |= NonFiniteKinds.Infinity;
            if (Vector.GreaterThanAny(size, limit)) found |= NonFiniteKinds.NaN;
        }

        foreach (T one in bits[(vectors.Length * Vector<T>.Count)..])
        {
            T size = one & magnitude;
            if (size >= limit[0]) found |= size == infinity ? NonFiniteKinds.Infinity : NonFiniteKinds.NaN;
        }

        return found;
    }
}
