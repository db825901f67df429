namespace Adjoint;

/// <summary>The type of a tensor's elements.</summary>
/// <remarks>Floating-point arithmetic on <see cref="BF16"/> and <see cref="F16"/> is done in F32 and rounded on storing.</remarks>
public enum DType : byte
{
    /// <summary>64-bit floating point (<see cref="double"/>).</summary>
    [PyTorch("torch.float64")]
    F64,

    /// <summary>32-bit floating point (<see cref="float"/>), the default.</summary>
    [PyTorch("torch.float32")]
    F32,

    /// <summary>16-bit floating point with F32's range and 8 bits of precision (<see cref="Adjoint.BFloat16"/>).</summary>
    [PyTorch("torch.bfloat16")]
    BF16,

    /// <summary>16-bit IEEE floating point (<see cref="Half"/>).</summary>
    [PyTorch("torch.float16")]
    F16,

    /// <summary>64-bit signed integer (<see cref="long"/>).</summary>
    [PyTorch("torch.int64")]
    I64,

    /// <summary>32-bit signed integer (<see cref="int"/>).</summary>
    [PyTorch("torch.int32")]
    I32,

    /// <summary>8-bit unsigned integer (<see cref="byte"/>).</summary>
    [PyTorch("torch.uint8")]
    U8,

    /// <summary>A truth value, one byte, 0 or 1 (<see cref="bool"/>).</summary>
    [PyTorch("torch.bool")]
    Bool,
}

/// <summary>Facts about a <see cref="DType"/>.</summary>
public static class DTypeFacts
{
    extension(DType dtype)
    {
        /// <summary>The size of one element in bytes.</summary>
        public int Bytes => dtype switch
        {
            DType.F64 or DType.I64 => 8,
            DType.F32 or DType.I32 => 4,
            DType.BF16 or DType.F16 => 2,
            _ => 1,
        };

        /// <summary>Whether gradients can flow through elements of this type.</summary>
        [PyTorch("torch.is_floating_point")]
        public bool IsFloat => dtype <= DType.F16;

        /// <summary>The type in which elements of this type are computed with: F64, F32 or I64.</summary>
        public DType Compute => dtype switch
        {
            DType.F64 => DType.F64,
            DType.F32 or DType.BF16 or DType.F16 => DType.F32,
            _ => DType.I64,
        };

        /// <summary>The type of an arithmetic result of two types: the smallest that holds both (array-API rules, with I64 beside a float giving the float).</summary>
        [PyTorch("torch.promote_types", "torch.result_type")]
        public DType Promote(DType other)
        {
            if (dtype == other) return dtype;
            if (dtype.IsFloat && other.IsFloat)
                return dtype == DType.F64 || other == DType.F64 ? DType.F64 : DType.F32;
            if (dtype.IsFloat) return dtype;
            if (other.IsFloat) return other;
            return (DType)Math.Min((byte)dtype, (byte)other);
        }
    }

    /// <summary>The <see cref="DType"/> that stores <typeparamref name="T"/>.</summary>
    /// <exception cref="DTypeException"><typeparamref name="T"/> is none of the eight element types.</exception>
    public static DType Of<T>() =>
        typeof(T) == typeof(float) ? DType.F32
        : typeof(T) == typeof(double) ? DType.F64
        : typeof(T) == typeof(long) ? DType.I64
        : typeof(T) == typeof(int) ? DType.I32
        : typeof(T) == typeof(byte) ? DType.U8
        : typeof(T) == typeof(bool) ? DType.Bool
        : typeof(T) == typeof(BFloat16) ? DType.BF16
        : typeof(T) == typeof(Half) ? DType.F16
        : throw new DTypeException($"dtype: elements are double, float, BFloat16, Half, long, int, byte or bool, but the type is {typeof(T).Name}.");
}
