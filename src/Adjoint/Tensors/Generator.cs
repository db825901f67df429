using Adjoint.Kernels.Random;

namespace Adjoint;

/// <summary>A stream of random numbers that can be saved, replayed, and split into independent streams.</summary>
/// <remarks>
/// Numbers depend on (seed, stream, position) alone, not on threads or on the processor. Not safe for use by two threads at
/// once: give each its own <see cref="Split"/>.
/// Source of the generator: Philox4x32-10, Salmon et al. 2011.
/// </remarks>
public sealed class Generator(ulong seed, ulong stream = 0)
{
    /// <summary>What the stream was started from.</summary>
    public ulong Seed { get; private set; } = seed;

    /// <summary>Which of the seed's streams this is.</summary>
    public ulong Stream { get; private set; } = stream;

    /// <summary>How far the stream has been used.</summary>
    public ulong Position { get; private set; }

    /// <summary>Everything a replay needs.</summary>
    public (ulong Seed, ulong Stream, ulong Position) State
    {
        get => (Seed, Stream, Position);
        set => (Seed, Stream, Position) = value;
    }

    /// <summary>An independent generator of the same seed: for a rank, a worker, a layer.</summary>
    public Generator Split(ulong index)
    {
        // The child's stream number is itself random, so that splits of splits do not meet.
        Philox.Words words = Philox.At(Seed ^ 0xA5A5A5A55A5A5A5A, Stream, index);
        return new(Seed, ((ulong)words.A << 32) | words.B);
    }

    /// <summary>One number in [0, 1).</summary>
    public double NextDouble() => Philox.At(Seed, Stream, Position++).First;

    /// <summary>One integer in [0, <paramref name="exclusiveEnd"/>).</summary>
    public long NextInteger(long exclusiveEnd)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(exclusiveEnd, 1);
        return (long)Math.Min(Math.Floor(NextDouble() * exclusiveEnd), exclusiveEnd - 1);
    }

    /// <summary>Standard normal numbers, scaled and shifted.</summary>
    public Tensor Normal(Shape shape, double mean = 0, double deviation = 1, DType dtype = DType.F32) => Draw(shape, dtype, Fill.Law.Normal, mean, deviation);

    /// <summary>Numbers spread evenly over [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public Tensor Uniform(Shape shape, double low = 0, double high = 1, DType dtype = DType.F32) => Draw(shape, dtype, Fill.Law.Uniform, low, high);

    /// <summary>Integers spread evenly over [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public Tensor Integers(Shape shape, long low, long high, DType dtype = DType.I64)
    {
        if (low >= high) throw new ArgumentException($"integers: low must be below high, but low is {low} and high is {high}.");
        return Draw(shape, dtype, Fill.Law.Integer, low, high);
    }

    /// <summary>The numbers 0 … <paramref name="count"/>−1 in random order (Fisher–Yates).</summary>
    public long[] Permutation(long count)
    {
        long[] order = new long[count];
        for (long i = 0; i < count; i++)
        {
            long j = NextInteger(i + 1);
            order[i] = order[j];
            order[j] = i;
        }

        return order;
    }

    unsafe Tensor Draw(Shape shape, DType dtype, Fill.Law law, double first, double second)
    {
        ArgumentNullException.ThrowIfNull(shape);
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("random numbers");
        Tensor numbers = Tensor.Allocate(shape, DType.F64);
        Fill.Run((double*)numbers.Data, shape.Elements, law, first, second, Seed, Stream, Position);
        Position += Fill.Uses(shape.Elements);
        return scope.Keep(numbers.To(dtype));
    }
}
