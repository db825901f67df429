using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Kernels.Lanes;

/// <summary>512 bits: 16 floats or 8 doubles.</summary>
internal readonly unsafe struct Wide512<T>(Vector512<T> value) : ILanes<Wide512<T>, T>
{
    readonly Vector512<T> _value = value;

    public static int Count => Vector512<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Wide512<T>(Vector512<T> value) => Unsafe.BitCast<Vector512<T>, Wide512<T>>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> All(T value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Load(T* source) => *(Vector512<T>*)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Wide512<T> value, T* target) => *(Vector512<T>*)target = value._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> LoadWidened(BFloat16* source) => BFloat16Lanes.Load512(source).As<float, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRounded(Wide512<T> value, BFloat16* target) => BFloat16Lanes.Store(value._value.AsSingle(), target);

    public static Wide512<T> FromIntegers(int* source)
    {
        if (typeof(T) == typeof(float)) return Vector512.ConvertToSingle(*(Vector512<int>*)source).As<float, T>();
        Vector512<double> value = default;
        for (int i = 0; i < Vector512<double>.Count; i++) value = value.WithElement(i, source[i]);
        return value.As<double, T>();
    }

    public static void ToIntegers(Wide512<T> value, int* target)
    {
        if (typeof(T) == typeof(float)) *(Vector512<int>*)target = Vector512.ConvertToInt32(value._value.AsSingle());
        else for (int i = 0; i < Vector512<double>.Count; i++) target[i] = (int)value._value.AsDouble().GetElement(i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stream(Wide512<T> value, T* target) => Vector512.StoreAlignedNonTemporal(value._value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> operator +(Wide512<T> a, Wide512<T> b) => a._value + b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> operator -(Wide512<T> a, Wide512<T> b) => a._value - b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> operator *(Wide512<T> a, Wide512<T> b) => a._value * b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> operator /(Wide512<T> a, Wide512<T> b) => a._value / b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> operator -(Wide512<T> a) => -a._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> MultiplyAdd(Wide512<T> a, Wide512<T> b, Wide512<T> c) => typeof(T) == typeof(float)
        ? Vector512.FusedMultiplyAdd(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle()).As<float, T>()
        : Vector512.FusedMultiplyAdd(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Sqrt(Wide512<T> a) => Vector512.Sqrt(a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Abs(Wide512<T> a) => Vector512.Abs(a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Max(Wide512<T> a, Wide512<T> b) => Vector512.Max(a._value, b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Min(Wide512<T> a, Wide512<T> b) => Vector512.Min(a._value, b._value);

    // The processor's own instruction gives its second operand where one is NaN. (MaxNative would be that everywhere, but is not compiled ahead.)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> AtLeast(Wide512<T> x, Wide512<T> bound)
    {
        if (Avx512F.IsSupported && typeof(T) == typeof(float)) return Avx512F.Max(bound._value.AsSingle(), x._value.AsSingle()).As<float, T>();
        if (Avx512F.IsSupported && typeof(T) == typeof(double)) return Avx512F.Max(bound._value.AsDouble(), x._value.AsDouble()).As<double, T>();
        return Vector512.ConditionalSelect(Vector512.GreaterThan(bound._value, x._value), bound._value, x._value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> AtMost(Wide512<T> x, Wide512<T> bound)
    {
        if (Avx512F.IsSupported && typeof(T) == typeof(float)) return Avx512F.Min(bound._value.AsSingle(), x._value.AsSingle()).As<float, T>();
        if (Avx512F.IsSupported && typeof(T) == typeof(double)) return Avx512F.Min(bound._value.AsDouble(), x._value.AsDouble()).As<double, T>();
        return Vector512.ConditionalSelect(Vector512.LessThan(bound._value, x._value), bound._value, x._value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Floor(Wide512<T> a) => typeof(T) == typeof(float)
        ? Vector512.Floor(a._value.AsSingle()).As<float, T>()
        : Vector512.Floor(a._value.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Ceiling(Wide512<T> a) => typeof(T) == typeof(float)
        ? Vector512.Ceiling(a._value.AsSingle()).As<float, T>()
        : Vector512.Ceiling(a._value.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Round(Wide512<T> a) => typeof(T) == typeof(float)
        ? Vector512.Round(a._value.AsSingle()).As<float, T>()
        : Vector512.Round(a._value.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Less(Wide512<T> a, Wide512<T> b) => Vector512.LessThan(a._value, b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> LessOrEqual(Wide512<T> a, Wide512<T> b) => Vector512.LessThanOrEqual(a._value, b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Equal(Wide512<T> a, Wide512<T> b) => Vector512.Equals(a._value, b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Select(Wide512<T> mask, Wide512<T> yes, Wide512<T> no) => Vector512.ConditionalSelect(mask._value, yes._value, no._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> And(Wide512<T> a, Wide512<T> b) => a._value & b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Or(Wide512<T> a, Wide512<T> b) => a._value | b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Xor(Wide512<T> a, Wide512<T> b) => a._value ^ b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> AndNot(Wide512<T> a, Wide512<T> b) => Vector512.AndNot(a._value, b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> PowerOfTwo(Wide512<T> n) => typeof(T) == typeof(float)
        ? ((n._value.AsSingle() + Vector512.Create(8388608f + 127)).AsInt32() << 23).As<int, T>()
        : ((n._value.AsDouble() + Vector512.Create(4503599627370496.0 + 1023)).AsInt64() << 52).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Scale(Wide512<T> a, Wide512<T> n)
    {
        if (Avx512F.IsSupported && typeof(T) == typeof(float)) return Avx512F.Scale(a._value.AsSingle(), n._value.AsSingle()).As<float, T>();
        if (Avx512F.IsSupported && typeof(T) == typeof(double)) return Avx512F.Scale(a._value.AsDouble(), n._value.AsDouble()).As<double, T>();
        return LaneMath.InTwoSteps<Wide512<T>, T>(a, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Lookup(T* table, Wide512<T> index)
    {
        if (Avx512F.IsSupported && typeof(T) == typeof(float)) return Avx512F.PermuteVar16x32(Vector512.LoadAligned((float*)table), index._value.AsInt32()).As<float, T>();
        return LaneMath.LookupEach<Wide512<T>, T>(table, index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Exponent(Wide512<T> x) => typeof(T) == typeof(float)
        ? Vector512.ConvertToSingle((x._value.AsInt32() >> 23) - Vector512.Create(127)).As<float, T>()
        : Vector512.ConvertToDouble((x._value.AsInt64() >> 52) - Vector512.Create(1023L)).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Significand(Wide512<T> x) => typeof(T) == typeof(float)
        ? ((x._value.AsInt32() & Vector512.Create(0x007FFFFF)) | Vector512.Create(0x3F800000)).As<int, T>()
        : ((x._value.AsInt64() & Vector512.Create(0x000FFFFFFFFFFFFFL)) | Vector512.Create(0x3FF0000000000000L)).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Wide512<T> a) => Wide256<T>.Sum(a._value.GetLower() + a._value.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T MaxAcross(Wide512<T> a) => Wide256<T>.MaxAcross(Vector256.Max(a._value.GetLower(), a._value.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T MinAcross(Wide512<T> a) => Wide256<T>.MinAcross(Vector256.Min(a._value.GetLower(), a._value.GetUpper()));

    public static Wide512<T> Each(Wide512<T> a, delegate*<double, double> function)
    {
        T* lanes = (T*)&a;
        for (int i = 0; i < Count; i++) lanes[i] = Lane<T>.Each(lanes[i], function).Value;
        return a;
    }

    public static Wide512<T> Each(Wide512<T> a, Wide512<T> b, delegate*<double, double, double> function)
    {
        T* lanes = (T*)&a, others = (T*)&b;
        for (int i = 0; i < Count; i++) lanes[i] = Lane<T>.Each(lanes[i], others[i], function).Value;
        return a;
    }
}
