namespace Adjoint;

public sealed partial class Tensor
{
    /// <summary><paramref name="count"/> numbers at equal distances from <paramref name="start"/> to <paramref name="end"/>, both included.</summary>
    /// <remarks>Counted from the nearer end, so that both ends are exact and the numbers symmetric. A single number is the start.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    [PyTorch("torch.linspace")]
    public static Tensor Linspace(double start, double end, long count, DType dtype = DType.F32)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return From(Spaced(start, end, count)).To(dtype);
    }

    /// <summary><paramref name="count"/> numbers from <c>base^start</c> to <c>base^end</c>, both included, each a fixed multiple of the one before.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    [PyTorch("torch.logspace")]
    public static Tensor Logspace(double start, double end, long count, double @base = 10, DType dtype = DType.F32)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return From(Array.ConvertAll(Spaced(start, end, count), exponent => Math.Pow(@base, exponent))).To(dtype);
    }

    static double[] Spaced(double start, double end, long count)
    {
        double[] values = new double[count];
        double step = (end - start) / Math.Max(count - 1, 1);
        for (long i = 0; i < count; i++) values[i] = i < (count + 1) / 2 ? start + (i * step) : end - ((count - 1 - i) * step);
        return values;
    }
}
