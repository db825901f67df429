using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Adjoint.Kernels.Formulas;

/// <summary>Moves elements between memory of any type and stride and blocks of the compute type (F32, F64 or I64).</summary>
internal static unsafe partial class Elements
{
    /// <summary>Reads <paramref name="count"/> elements, <paramref name="stride"/> apart, into a block.</summary>
    public static void Fetch<T>(DType type, void* source, long stride, T* block, nint count)
    {
        switch (type)
        {
            case DType.F64: Fetch((double*)source, stride, block, count); break;
            case DType.F32: Fetch((float*)source, stride, block, count); break;
            case DType.BF16:
                if (typeof(T) == typeof(float) && stride == 1) WidenBFloat16((ushort*)source, (float*)block, count);
                else Fetch((BFloat16*)source, stride, block, count);
                break;
            case DType.F16:
                if (typeof(T) == typeof(float) && stride == 1) WidenHalf((ushort*)source, (float*)block, count);
                else Fetch((Half*)source, stride, block, count);
                break;
            case DType.I64: Fetch((long*)source, stride, block, count); break;
            case DType.I32: Fetch((int*)source, stride, block, count); break;
            default: Fetch((byte*)source, stride, block, count); break;
        }
    }

    /// <summary>Writes a block to elements <paramref name="stride"/> apart.</summary>
    public static void Put<T>(T* block, DType type, void* target, long stride, nint count)
    {
        switch (type)
        {
            case DType.F64: Put(block, (double*)target, stride, count); break;
            case DType.F32: Put(block, (float*)target, stride, count); break;
            case DType.BF16:
                if (typeof(T) == typeof(float) && stride == 1) NarrowBFloat16((float*)block, (ushort*)target, count);
                else Put(block, (BFloat16*)target, stride, count);
                break;
            case DType.F16:
                if (typeof(T) == typeof(float) && stride == 1) NarrowHalf((float*)block, (ushort*)target, count);
                else Put(block, (Half*)target, stride, count);
                break;
            case DType.I64: Put(block, (long*)target, stride, count); break;
            case DType.I32: Put(block, (int*)target, stride, count); break;
            case DType.U8: Put(block, (byte*)target, stride, count); break;
            default: Put(block, (bool*)target, stride, count); break;
        }
    }

    static void Fetch<TFrom, T>(TFrom* source, long stride, T* block, nint count)
    {
        if (typeof(TFrom) == typeof(T) && stride == 1) Buffer.MemoryCopy(source, block, count * sizeof(T), count * sizeof(T));
        else if (stride == 0) new Span<T>(block, (int)count).Fill(Convert<TFrom, T>(*source));
        else
            for (nint i = 0; i < count; i++) block[i] = Convert<TFrom, T>(source[i * stride]);
    }

    static void Put<T, TTo>(T* block, TTo* target, long stride, nint count)
    {
        if (typeof(TTo) == typeof(T) && stride == 1) Buffer.MemoryCopy(block, target, count * sizeof(T), count * sizeof(T));
        else
            for (nint i = 0; i < count; i++) target[i * stride] = Convert<T, TTo>(block[i]);
    }

    /// <summary>
    /// One element: floating-point types round to nearest even; to integers the fraction is cut off, what is out of range
    /// becomes the nearest end of it and NaN 0; between integers the low bits stay; to Bool, whether the value is not 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TTo Convert<TFrom, TTo>(TFrom value)
    {
        if (typeof(TFrom) == typeof(TTo)) return Unsafe.BitCast<TFrom, TTo>(value);
        if (typeof(TFrom) == typeof(float)) return FromSingle<TTo>(Unsafe.BitCast<TFrom, float>(value));
        if (typeof(TFrom) == typeof(BFloat16)) return FromSingle<TTo>(Unsafe.BitCast<TFrom, BFloat16>(value));
        if (typeof(TFrom) == typeof(Half)) return FromSingle<TTo>((float)Unsafe.BitCast<TFrom, Half>(value));
        if (typeof(TFrom) == typeof(double)) return FromDouble<TTo>(Unsafe.BitCast<TFrom, double>(value));
        if (typeof(TFrom) == typeof(long)) return FromLong<TTo>(Unsafe.BitCast<TFrom, long>(value));
        if (typeof(TFrom) == typeof(int)) return FromLong<TTo>(Unsafe.BitCast<TFrom, int>(value));
        return FromLong<TTo>(Unsafe.BitCast<TFrom, byte>(value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TTo FromSingle<TTo>(float v)
    {
        if (typeof(TTo) == typeof(float)) return Unsafe.BitCast<float, TTo>(v);
        if (typeof(TTo) == typeof(BFloat16)) return Unsafe.BitCast<BFloat16, TTo>((BFloat16)v);
        if (typeof(TTo) == typeof(Half)) return Unsafe.BitCast<Half, TTo>((Half)v);
        return FromDouble<TTo>(v);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TTo FromDouble<TTo>(double v)
    {
        if (typeof(TTo) == typeof(double)) return Unsafe.BitCast<double, TTo>(v);
        if (typeof(TTo) == typeof(float)) return Unsafe.BitCast<float, TTo>((float)v);
        if (typeof(TTo) == typeof(BFloat16)) return Unsafe.BitCast<BFloat16, TTo>((BFloat16)(float)v);
        if (typeof(TTo) == typeof(Half)) return Unsafe.BitCast<Half, TTo>((Half)v);
        if (typeof(TTo) == typeof(bool)) return Unsafe.BitCast<bool, TTo>(v != 0);
        if (typeof(TTo) == typeof(byte)) return Unsafe.BitCast<byte, TTo>((byte)Math.Clamp((int)v, 0, 255));
        return typeof(TTo) == typeof(int) ? Unsafe.BitCast<int, TTo>((int)v) : Unsafe.BitCast<long, TTo>((long)v);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TTo FromLong<TTo>(long v)
    {
        if (typeof(TTo) == typeof(long)) return Unsafe.BitCast<long, TTo>(v);
        if (typeof(TTo) == typeof(int)) return Unsafe.BitCast<int, TTo>(unchecked((int)v));
        if (typeof(TTo) == typeof(byte)) return Unsafe.BitCast<byte, TTo>(unchecked((byte)v));
        if (typeof(TTo) == typeof(bool)) return Unsafe.BitCast<bool, TTo>(v != 0);
        if (typeof(TTo) == typeof(double)) return Unsafe.BitCast<double, TTo>(v);
        if (typeof(TTo) == typeof(Half)) return Unsafe.BitCast<Half, TTo>((Half)v);
        return FromSingle<TTo>(v);
    }
}
