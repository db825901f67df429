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

    /// <summary>For functions that jump at integers and halves: values that stay a tenth away from both.</summary>
    public static IEnumerable<Sample> Steps(Op op)
    {
        double[] values = [.. Enumerable.Range(-20, 41).Select(i => (i / 2.0) + 0.1 + (0.3 * Math.Abs(Math.Sin(i))))];
        yield return new(op, Tensor.From(values));
        yield return new(op, Tensor.Scalar(-0.3, DType.F64));
        yield return new(op, Tensor.Zeros([0, 2], DType.F64));
    }
}
