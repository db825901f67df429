using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Kernels.Lanes;

/// <summary>256 bits: 8 floats or 4 doubles.</summary>
internal readonly unsafe struct Wide256<T>(Vector256<T> value) : ILanes<Wide256<T>, T>
{
    readonly Vector256<T> _value = value;

    public static int Count => Vector256<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Wide256<T>(Vector256<T> value) => Unsafe.BitCast<Vector256<T>, Wide256<T>>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> All(T value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Load(T* source) => *(Vector256<T>*)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Wide256<T> value, T* target) => *(Vector256<T>*)target = value._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> LoadWidened(BFloat16* source) => BFloat16Lanes.Load256(source).As<float, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRounded(Wide256<T> value, BFloat16* target) => BFloat16Lanes.Store(value._value.AsSingle(), target);

    public static Wide256<T> FromIntegers(int* source)
    {
        if (typeof(T) == typeof(float)) return Vector256.ConvertToSingle(*(Vector256<int>*)source).As<float, T>();
        Vector256<double> value = default;
        for (int i = 0; i < Vector256<double>.Count; i++) value = value.WithElement(i, source[i]);
        return value.As<double, T>();
    }

    public static void ToIntegers(Wide256<T> value, int* target)
    {
        if (typeof(T) == typeof(float)) *(Vector256<int>*)target = Vector256.ConvertToInt32(value._value.AsSingle());
        else for (int i = 0; i < Vector256<double>.Count; i++) target[i] = (int)value._value.AsDouble().GetElement(i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stream(Wide256<T> value, T* target) => Vector256.StoreAlignedNonTemporal(value._value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> operator +(Wide256<T> a, Wide256<T> b) => a._value + b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> operator -(Wide256<T> a, Wide256<T> b) => a._value - b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> operator *(Wide256<T> a, Wide256<T> b) => a._value * b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> operator /(Wide256<T> a, Wide256<T> b) => a._value / b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> operator -(Wide256<T> a) => -a._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> MultiplyAdd(Wide256<T> a, Wide256<T> b, Wide256<T> c) => typeof(T) == typeof(float)
        ? Vector256.FusedMultiplyAdd(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle()).As<float, T>()
        : Vector256.FusedMultiplyAdd(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Sqrt(Wide256<T> a) => Vector256.Sqrt(a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Abs(Wide256<T> a) => Vector256.Abs(a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Max(Wide256<T> a, Wide256<T> b) => Vector256.Max(a._value, b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Min(Wide256<T> a, Wide256<T> b) => Vector256.Min(a._value, b._value);

    // The processor's own instruction gives its second operand where one is NaN. (MaxNative would be that everywhere, but is not compiled ahead.)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> AtLeast(Wide256<T> x, Wide256<T> bound)
    {
        if (Avx.IsSupported && typeof(T) == typeof(float)) return Avx.Max(bound._value.AsSingle(), x._value.AsSingle()).As<float, T>();
        if (Avx.IsSupported && typeof(T) == typeof(double)) return Avx.Max(bound._value.AsDouble(), x._value.AsDouble()).As<double, T>();
        return Vector256.ConditionalSelect(Vector256.GreaterThan(bound._value, x._value), bound._value, x._value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> AtMost(Wide256<T> x, Wide256<T> bound)
    {
        if (Avx.IsSupported && typeof(T) == typeof(float)) return Avx.Min(bound._value.AsSingle(), x._value.AsSingle()).As<float, T>();
        if (Avx.IsSupported && typeof(T) == typeof(double)) return Avx.Min(bound._value.AsDouble(), x._value.AsDouble()).As<double, T>();
        return Vector256.ConditionalSelect(Vector256.LessThan(bound._value, x._value), bound._value, x._value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Floor(Wide256<T> a) => typeof(T) == typeof(float)
        ? Vector256.Floor(a._value.AsSingle()).As<float, T>()
        : Vector256.Floor(a._value.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Ceiling(Wide256<T> a) => typeof(T) == typeof(float)
        ? Vector256.Ceiling(a._value.AsSingle()).As<float, T>()
        : Vector256.Ceiling(a._value.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Round(Wide256<T> a) => typeof(T) == typeof(float)
        ? Vector256.Round(a._value.AsSingle()).As<float, T>()
        : Vector256.Round(a._value.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Less(Wide256<T> a, Wide256<T> b) => Vector256.LessThan(a._value, b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> LessOrEqual(Wide256<T> a, Wide256<T> b) => Vector256.LessThanOrEqual(a._value, b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Equal(Wide256<T> a, Wide256<T> b) => Vector256.Equals(a._value, b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Select(Wide256<T> mask, Wide256<T> yes, Wide256<T> no) => Vector256.ConditionalSelect(mask._value, yes._value, no._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> And(Wide256<T> a, Wide256<T> b) => a._value & b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Or(Wide256<T> a, Wide256<T> b) => a._value | b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Xor(Wide256<T> a, Wide256<T> b) => a._value ^ b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> AndNot(Wide256<T> a, Wide256<T> b) => Vector256.AndNot(a._value, b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> PowerOfTwo(Wide256<T> n) => typeof(T) == typeof(float)
        ? ((n._value.AsSingle() + Vector256.Create(8388608f + 127)).AsInt32() << 23).As<int, T>()
        : ((n._value.AsDouble() + Vector256.Create(4503599627370496.0 + 1023)).AsInt64() << 52).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Scale(Wide256<T> a, Wide256<T> n) => LaneMath.InTwoSteps<Wide256<T>, T>(a, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Lookup(T* table, Wide256<T> index)
    {
        if (Avx2.IsSupported && typeof(T) == typeof(float))
        {
            // Eight values to a register: the fourth bit of the index, moved to the sign's place, says which of two.
            Vector256<int> number = index._value.AsInt32();
            Vector256<float> low = Avx2.PermuteVar8x32(Vector256.LoadAligned((float*)table), number), high = Avx2.PermuteVar8x32(Vector256.LoadAligned((float*)table + 8), number);
            return Avx.BlendVariable(low, high, (number << 28).AsSingle()).As<float, T>();
        }

        return LaneMath.LookupEach<Wide256<T>, T>(table, index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Exponent(Wide256<T> x) => typeof(T) == typeof(float)
        ? Vector256.ConvertToSingle((x._value.AsInt32() >> 23) - Vector256.Create(127)).As<float, T>()
        : Vector256.ConvertToDouble((x._value.AsInt64() >> 52) - Vector256.Create(1023L)).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Significand(Wide256<T> x) => typeof(T) == typeof(float)
        ? ((x._value.AsInt32() & Vector256.Create(0x007FFFFF)) | Vector256.Create(0x3F800000)).As<int, T>()
        : ((x._value.AsInt64() & Vector256.Create(0x000FFFFFFFFFFFFFL)) | Vector256.Create(0x3FF0000000000000L)).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Wide256<T> a) => Wide128<T>.Sum(a._value.GetLower() + a._value.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T MaxAcross(Wide256<T> a) => Wide128<T>.MaxAcross(Vector128.Max(a._value.GetLower(), a._value.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T MinAcross(Wide256<T> a) => Wide128<T>.MinAcross(Vector128.Min(a._value.GetLower(), a._value.GetUpper()));

    public static Wide256<T> Each(Wide256<T> a, delegate*<double, double> function)
    {
        T* lanes = (T*)&a;
        for (int i = 0; i < Count; i++) lanes[i] = Lane<T>.Each(lanes[i], function).Value;
        return a;
    }

    public static Wide256<T> Each(Wide256<T> a, Wide256<T> b, delegate*<double, double, double> function)
    {
        T* lanes = (T*)&a, others = (T*)&b;
        for (int i = 0; i < Count; i++) lanes[i] = Lane<T>.Each(lanes[i], others[i], function).Value;
        return a;
    }
}
