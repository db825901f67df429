using System.Runtime.CompilerServices;

namespace Adjoint.Kernels.Lanes;

/// <summary>One value at a time: the remainder of every loop, and the whole of it where there is no SIMD.</summary>
internal readonly unsafe struct Lane<T>(T value) : ILanes<Lane<T>, T>
{
    readonly T _value = value;

    public T Value => _value;

    public static int Count => 1;

    float F32 { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => Unsafe.BitCast<T, float>(_value); }
    double F64 { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => Unsafe.BitCast<T, double>(_value); }
    int I32 { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => Unsafe.BitCast<T, int>(_value); }
    long I64 { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => Unsafe.BitCast<T, long>(_value); }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Lane<T> Of(float v) => Unsafe.BitCast<float, T>(v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Lane<T> Of(double v) => Unsafe.BitCast<double, T>(v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Lane<T> Bits(int v) => Unsafe.BitCast<int, T>(v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Lane<T> Bits(long v) => Unsafe.BitCast<long, T>(v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Lane<T> Mask(bool set) => typeof(T) == typeof(float) ? Bits(set ? -1 : 0) : Bits(set ? -1L : 0L);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Lane<T>(T value) => Unsafe.BitCast<T, Lane<T>>(value);

    /// <summary>A number, rounded to the precision of the lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Rounded(double value) => typeof(T) == typeof(float) ? Of((float)value) : Of(value);

    public bool IsZero { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => typeof(T) == typeof(float) ? F32 == 0 : F64 == 0; }

    public bool IsFinite { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => typeof(T) == typeof(float) ? float.IsFinite(F32) : double.IsFinite(F64); }

    /// <summary>The framework's logarithm, for a number by itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Log(Lane<T> a) => typeof(T) == typeof(float) ? Of(float.Log(a.F32)) : Of(double.Log(a.F64));

    public static Lane<T> All(T value) => value;
    public static Lane<T> Load(T* source) => *source;
    public static void Store(Lane<T> value, T* target) => *target = value.Value;

    public static Lane<T> LoadWidened(BFloat16* source) => Of((float)*source);
    public static void StoreRounded(Lane<T> value, BFloat16* target) => *target = (BFloat16)Unsafe.BitCast<T, float>(value.Value);
    public static Lane<T> FromIntegers(int* source) => typeof(T) == typeof(float) ? Of((float)*source) : Of((double)*source);
    public static void ToIntegers(Lane<T> value, int* target) => *target = typeof(T) == typeof(float) ? (int)value.F32 : (int)value.F64;
    public static void Stream(Lane<T> value, T* target) => *target = value.Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> operator +(Lane<T> a, Lane<T> b) => typeof(T) == typeof(float) ? Of(a.F32 + b.F32) : Of(a.F64 + b.F64);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> operator -(Lane<T> a, Lane<T> b) => typeof(T) == typeof(float) ? Of(a.F32 - b.F32) : Of(a.F64 - b.F64);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> operator *(Lane<T> a, Lane<T> b) => typeof(T) == typeof(float) ? Of(a.F32 * b.F32) : Of(a.F64 * b.F64);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> operator /(Lane<T> a, Lane<T> b) => typeof(T) == typeof(float) ? Of(a.F32 / b.F32) : Of(a.F64 / b.F64);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> operator -(Lane<T> a) => typeof(T) == typeof(float) ? Of(-a.F32) : Of(-a.F64);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> MultiplyAdd(Lane<T> a, Lane<T> b, Lane<T> c) => typeof(T) == typeof(float)
        ? Of(float.FusedMultiplyAdd(a.F32, b.F32, c.F32))
        : Of(double.FusedMultiplyAdd(a.F64, b.F64, c.F64));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Sqrt(Lane<T> a) => typeof(T) == typeof(float) ? Of(float.Sqrt(a.F32)) : Of(double.Sqrt(a.F64));
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Abs(Lane<T> a) => typeof(T) == typeof(float) ? Of(float.Abs(a.F32)) : Of(double.Abs(a.F64));
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Max(Lane<T> a, Lane<T> b) => typeof(T) == typeof(float) ? Of(float.Max(a.F32, b.F32)) : Of(double.Max(a.F64, b.F64));
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Min(Lane<T> a, Lane<T> b) => typeof(T) == typeof(float) ? Of(float.Min(a.F32, b.F32)) : Of(double.Min(a.F64, b.F64));
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> AtLeast(Lane<T> x, Lane<T> bound) => Select(Less(x, bound), bound, x);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> AtMost(Lane<T> x, Lane<T> bound) => Select(Less(bound, x), bound, x);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Floor(Lane<T> a) => typeof(T) == typeof(float) ? Of(float.Floor(a.F32)) : Of(double.Floor(a.F64));
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Ceiling(Lane<T> a) => typeof(T) == typeof(float) ? Of(float.Ceiling(a.F32)) : Of(double.Ceiling(a.F64));
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Round(Lane<T> a) => typeof(T) == typeof(float) ? Of(float.Round(a.F32)) : Of(double.Round(a.F64));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Less(Lane<T> a, Lane<T> b) => Mask(typeof(T) == typeof(float) ? a.F32 < b.F32 : a.F64 < b.F64);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> LessOrEqual(Lane<T> a, Lane<T> b) => Mask(typeof(T) == typeof(float) ? a.F32 <= b.F32 : a.F64 <= b.F64);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Equal(Lane<T> a, Lane<T> b) => Mask(typeof(T) == typeof(float) ? a.F32 == b.F32 : a.F64 == b.F64);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Select(Lane<T> mask, Lane<T> yes, Lane<T> no) => (typeof(T) == typeof(float) ? mask.I32 != 0 : mask.I64 != 0) ? yes : no;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> And(Lane<T> a, Lane<T> b) => typeof(T) == typeof(float) ? Bits(a.I32 & b.I32) : Bits(a.I64 & b.I64);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Or(Lane<T> a, Lane<T> b) => typeof(T) == typeof(float) ? Bits(a.I32 | b.I32) : Bits(a.I64 | b.I64);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Xor(Lane<T> a, Lane<T> b) => typeof(T) == typeof(float) ? Bits(a.I32 ^ b.I32) : Bits(a.I64 ^ b.I64);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> AndNot(Lane<T> a, Lane<T> b) => typeof(T) == typeof(float) ? Bits(a.I32 & ~b.I32) : Bits(a.I64 & ~b.I64);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> PowerOfTwo(Lane<T> n) => typeof(T) == typeof(float)
        ? Bits(BitConverter.SingleToInt32Bits(n.F32 + (8388608f + 127)) << 23)
        : Bits(BitConverter.DoubleToInt64Bits(n.F64 + (4503599627370496.0 + 1023)) << 52);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Scale(Lane<T> a, Lane<T> n) => LaneMath.InTwoSteps<Lane<T>, T>(a, n);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Lookup(T* table, Lane<T> index) => table[(typeof(T) == typeof(float) ? index.I32 : (int)index.I64) & 15];
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Exponent(Lane<T> x) => typeof(T) == typeof(float) ? Of((float)((x.I32 >> 23) - 127)) : Of((double)((x.I64 >> 52) - 1023));
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Significand(Lane<T> x) => typeof(T) == typeof(float)
        ? Bits((x.I32 & 0x007FFFFF) | 0x3F800000)
        : Bits((x.I64 & 0x000FFFFFFFFFFFFFL) | 0x3FF0000000000000L);

    public static T Sum(Lane<T> a) => a.Value;
    public static T MaxAcross(Lane<T> a) => a.Value;
    public static T MinAcross(Lane<T> a) => a.Value;

    public static Lane<T> Each(Lane<T> a, delegate*<double, double> function) =>
        typeof(T) == typeof(float) ? Of((float)function(a.F32)) : Of(function(a.F64));

    public static Lane<T> Each(Lane<T> a, Lane<T> b, delegate*<double, double, double> function) =>
        typeof(T) == typeof(float) ? Of((float)function(a.F32, b.F32)) : Of(function(a.F64, b.F64));
}
