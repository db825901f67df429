namespace Adjoint.Ops;

/// <summary>The samples that operations of one operand share.</summary>
internal static class Unary
{
    public static IEnumerable<Sample> Samples(Op op, Generator random, double low, double high)
    {
        yield return new(op, random.Uniform([3, 5], low, high, DType.F64));
        yield return new(op, random.Uniform([67], low, high, DType.F64));
        yield return new(op, random.Uniform([], low, high, DType.F64));
        yield return new(op, Tensor.Zeros([0], DType.F64));
    }
}
