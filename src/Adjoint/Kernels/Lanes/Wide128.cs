using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Kernels.Lanes;

/// <summary>128 bits: 4 floats or 2 doubles.</summary>
internal readonly unsafe struct Wide128<T>(Vector128<T> value) : ILanes<Wide128<T>, T>
{
    readonly Vector128<T> _value = value;

    public static int Count => Vector128<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Wide128<T>(Vector128<T> value) => Unsafe.BitCast<Vector128<T>, Wide128<T>>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> All(T value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Load(T* source) => *(Vector128<T>*)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Wide128<T> value, T* target) => *(Vector128<T>*)target = value._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> LoadWidened(BFloat16* source) => (Vector128.WidenLower(Vector128.CreateScalar(*(ulong*)source).AsUInt16()) << 16).As<uint, T>();

    public static void StoreRounded(Wide128<T> value, BFloat16* target)
    {
        for (int i = 0; i < 4; i++) target[i] = (BFloat16)value._value.AsSingle().GetElement(i);
    }

    public static Wide128<T> FromIntegers(int* source)
    {
        if (typeof(T) == typeof(float)) return Vector128.ConvertToSingle(*(Vector128<int>*)source).As<float, T>();
        Vector128<double> value = default;
        for (int i = 0; i < Vector128<double>.Count; i++) value = value.WithElement(i, source[i]);
        return value.As<double, T>();
    }

    public static void ToIntegers(Wide128<T> value, int* target)
    {
        if (typeof(T) == typeof(float)) *(Vector128<int>*)target = Vector128.ConvertToInt32(value._value.AsSingle());
        else for (int i = 0; i < Vector128<double>.Count; i++) target[i] = (int)value._value.AsDouble().GetElement(i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stream(Wide128<T> value, T* target) => Vector128.StoreAlignedNonTemporal(value._value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> operator +(Wide128<T> a, Wide128<T> b) => a._value + b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> operator -(Wide128<T> a, Wide128<T> b) => a._value - b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> operator *(Wide128<T> a, Wide128<T> b) => a._value * b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> operator /(Wide128<T> a, Wide128<T> b) => a._value / b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> operator -(Wide128<T> a) => -a._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> MultiplyAdd(Wide128<T> a, Wide128<T> b, Wide128<T> c) => typeof(T) == typeof(float)
        ? Vector128.FusedMultiplyAdd(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle()).As<float, T>()
        : Vector128.FusedMultiplyAdd(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Sqrt(Wide128<T> a) => Vector128.Sqrt(a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Abs(Wide128<T> a) => Vector128.Abs(a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Max(Wide128<T> a, Wide128<T> b) => Vector128.Max(a._value, b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Min(Wide128<T> a, Wide128<T> b) => Vector128.Min(a._value, b._value);

    // The processor's own instruction gives its second operand where one is NaN. (MaxNative would be that everywhere, but is not compiled ahead.)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> AtLeast(Wide128<T> x, Wide128<T> bound)
    {
        if (Sse2.IsSupported && typeof(T) == typeof(float)) return Sse.Max(bound._value.AsSingle(), x._value.AsSingle()).As<float, T>();
        if (Sse2.IsSupported && typeof(T) == typeof(double)) return Sse2.Max(bound._value.AsDouble(), x._value.AsDouble()).As<double, T>();
        return Vector128.ConditionalSelect(Vector128.GreaterThan(bound._value, x._value), bound._value, x._value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> AtMost(Wide128<T> x, Wide128<T> bound)
    {
        if (Sse2.IsSupported && typeof(T) == typeof(float)) return Sse.Min(bound._value.AsSingle(), x._value.AsSingle()).As<float, T>();
        if (Sse2.IsSupported && typeof(T) == typeof(double)) return Sse2.Min(bound._value.AsDouble(), x._value.AsDouble()).As<double, T>();
        return Vector128.ConditionalSelect(Vector128.LessThan(bound._value, x._value), bound._value, x._value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Floor(Wide128<T> a) => typeof(T) == typeof(float)
        ? Vector128.Floor(a._value.AsSingle()).As<float, T>()
        : Vector128.Floor(a._value.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Ceiling(Wide128<T> a) => typeof(T) == typeof(float)
        ? Vector128.Ceiling(a._value.AsSingle()).As<float, T>()
        : Vector128.Ceiling(a._value.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Round(Wide128<T> a) => typeof(T) == typeof(float)
        ? Vector128.Round(a._value.AsSingle()).As<float, T>()
        : Vector128.Round(a._value.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Less(Wide128<T> a, Wide128<T> b) => Vector128.LessThan(a._value, b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> LessOrEqual(Wide128<T> a, Wide128<T> b) => Vector128.LessThanOrEqual(a._value, b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Equal(Wide128<T> a, Wide128<T> b) => Vector128.Equals(a._value, b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Select(Wide128<T> mask, Wide128<T> yes, Wide128<T> no) => Vector128.ConditionalSelect(mask._value, yes._value, no._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> And(Wide128<T> a, Wide128<T> b) => a._value & b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Or(Wide128<T> a, Wide128<T> b) => a._value | b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Xor(Wide128<T> a, Wide128<T> b) => a._value ^ b._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> AndNot(Wide128<T> a, Wide128<T> b) => Vector128.AndNot(a._value, b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> PowerOfTwo(Wide128<T> n) => typeof(T) == typeof(float)
        ? ((n._value.AsSingle() + Vector128.Create(8388608f + 127)).AsInt32() << 23).As<int, T>()
        : ((n._value.AsDouble() + Vector128.Create(4503599627370496.0 + 1023)).AsInt64() << 52).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Scale(Wide128<T> a, Wide128<T> n) => LaneMath.InTwoSteps<Wide128<T>, T>(a, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Lookup(T* table, Wide128<T> index)
    {
        if (typeof(T) == typeof(float))
        {
            Vector128<int> number = index._value.AsInt32() & Vector128.Create(15);
            float* values = (float*)table;
            return Vector128.Create(values[number[0]], values[number[1]], values[number[2]], values[number[3]]).As<float, T>();
        }

        return LaneMath.LookupEach<Wide128<T>, T>(table, index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Exponent(Wide128<T> x) => typeof(T) == typeof(float)
        ? Vector128.ConvertToSingle((x._value.AsInt32() >> 23) - Vector128.Create(127)).As<float, T>()
        : Vector128.ConvertToDouble((x._value.AsInt64() >> 52) - Vector128.Create(1023L)).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Significand(Wide128<T> x) => typeof(T) == typeof(float)
        ? ((x._value.AsInt32() & Vector128.Create(0x007FFFFF)) | Vector128.Create(0x3F800000)).As<int, T>()
        : ((x._value.AsInt64() & Vector128.Create(0x000FFFFFFFFFFFFFL)) | Vector128.Create(0x3FF0000000000000L)).As<long, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Wide128<T> a)
    {
        Lane<T> sum = a._value[0];
        for (int i = 1; i < Count; i++) sum += a._value[i];
        return sum.Value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T MaxAcross(Wide128<T> a)
    {
        Lane<T> max = a._value[0];
        for (int i = 1; i < Count; i++) max = Lane<T>.Max(max, a._value[i]);
        return max.Value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T MinAcross(Wide128<T> a)
    {
        Lane<T> min = a._value[0];
        for (int i = 1; i < Count; i++) min = Lane<T>.Min(min, a._value[i]);
        return min.Value;
    }

    public static Wide128<T> Each(Wide128<T> a, delegate*<double, double> function)
    {
        T* lanes = (T*)&a;
        for (int i = 0; i < Count; i++) lanes[i] = Lane<T>.Each(lanes[i], function).Value;
        return a;
    }

    public static Wide128<T> Each(Wide128<T> a, Wide128<T> b, delegate*<double, double, double> function)
    {
        T* lanes = (T*)&a, others = (T*)&b;
        for (int i = 0; i < Count; i++) lanes[i] = Lane<T>.Each(lanes[i], others[i], function).Value;
        return a;
    }
}
