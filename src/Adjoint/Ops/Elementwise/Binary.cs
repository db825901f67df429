namespace Adjoint.Ops;

/// <summary>What operations of two operands share: samples that broadcast every way, and constants beside tensors.</summary>
internal static class Binary
{
    public static IEnumerable<Sample> Samples(Op op, Generator random, double low = -2, double high = 2)
    {
        Tensor Draw(Shape shape) => random.Uniform(shape, low, high, DType.F64);
        yield return new(op, Draw([4, 5]), Draw([4, 5]));
        yield return new(op, Draw([4, 5]), Draw([5]));
        yield return new(op, Draw([3, 1]), Draw([1, 17]));
        yield return new(op, Draw([2, 3, 4]), Draw([3, 1]));
        yield return new(op, Draw([]), Draw([7]));
        yield return new(op, Draw([0, 3]), Draw([3]));
    }

    extension(Tensor x)
    {
        /// <summary>A C# number beside a tensor takes the tensor's type; beside integers that cannot hold it, the next type that can.</summary>
        /// <remarks>Beside half types it is kept in F32, in which they are computed: 1e6 is beyond F16, and 0.999 is 1 in BF16.</remarks>
        public Tensor Constant(double value)
        {
            Tensor constant = Tensor.Scalar(value, Beside(x.DType, value));
            constant.IsConstant = constant.DType != x.DType && x.DType.IsFloat;
            return constant;
        }
    }

    static DType Beside(DType type, double value)
    {
        if (type.IsFloat) return type.Compute;
        if (type == DType.Bool || value != Math.Truncate(value) || Math.Abs(value) >= 9223372036854775808.0) return DType.F32;
        if (type == DType.U8 && value is >= byte.MinValue and <= byte.MaxValue) return DType.U8;
        return type != DType.I64 && value is >= int.MinValue and <= int.MaxValue ? DType.I32 : DType.I64;
    }
}
