using Adjoint.Kernels.Random;

namespace Adjoint;

/// <summary>A stream of random numbers that can be saved, replayed, and split into independent streams.</summary>
/// <remarks>
/// Numbers depend on (seed, stream, position) alone, not on threads or on the processor. Not safe for use by two threads at
/// once: give each its own <see cref="Split"/>.
/// Source of the generator: Philox4x32-10, Salmon et al. 2011.
/// </remarks>
[PyTorch("torch.Generator", "torch.manual_seed", Differs = "There is no global generator: everything that draws takes one. Other numbers than PyTorch's for the same seed.")]
public sealed class Generator(ulong seed, ulong stream = 0)
{
    /// <summary>What the stream was started from.</summary>
    [PyTorch("torch.Generator.initial_seed")]
    public ulong Seed { get; private set; } = seed;

    /// <summary>Which of the seed's streams this is.</summary>
    [NotInPyTorch("Which of the seed's independent streams this is.")]
    public ulong Stream { get; private set; } = stream;

    /// <summary>How far the stream has been used.</summary>
    [NotInPyTorch("How many numbers were drawn.")]
    public ulong Position { get; private set; }

    /// <summary>Everything a replay needs.</summary>
    [PyTorch("torch.Generator.get_state", "torch.Generator.set_state", Differs = "Three numbers.")]
    public (ulong Seed, ulong Stream, ulong Position) State
    {
        get => (Seed, Stream, Position);
        set
        {
            RunTrace.Current?.Meet(this);
            (Seed, Stream, Position) = value;
        }
    }

    /// <summary>An independent generator of the same seed: for a rank, a worker, a layer.</summary>
    [NotInPyTorch("A generator of its own for a layer, a rank, a worker.")]
    public Generator Split(ulong index)
    {
        // The child's stream number is itself random, so that splits of splits do not meet.
        Philox.Words words = Philox.At(Seed ^ 0xA5A5A5A55A5A5A5A, Stream, index);
        return new(Seed, ((ulong)words.A << 32) | words.B);
    }

    /// <summary>One number in [0, 1).</summary>
    [NotInPyTorch("One number, evenly from 0 to 1.")]
    public double NextDouble()
    {
        RunTrace.Current?.Meet(this);
        return Philox.At(Seed, Stream, Position++).First;
    }

    /// <summary>One integer in [0, <paramref name="exclusiveEnd"/>).</summary>
    [NotInPyTorch("One whole number.")]
    public long NextInteger(long exclusiveEnd)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(exclusiveEnd, 1);
        return (long)Math.Min(Math.Floor(NextDouble() * exclusiveEnd), exclusiveEnd - 1);
    }

    /// <summary>Standard normal numbers, scaled and shifted.</summary>
    [PyTorch("torch.randn", "torch.normal", "torch.randn_like")]
    public Tensor Normal(Shape shape, double mean = 0, double deviation = 1, DType dtype = DType.F32) => Draw(shape, dtype, Fill.Law.Normal, mean, deviation);

    /// <summary>Numbers spread evenly over [<paramref name="low"/>, <paramref name="high"/>).</summary>
    [PyTorch("torch.rand", "torch.rand_like", "torch.Tensor.uniform_", Differs = "`torch.bernoulli(p)` is `random.Uniform(p.Shape) < p`.")]
    public Tensor Uniform(Shape shape, double low = 0, double high = 1, DType dtype = DType.F32) => Draw(shape, dtype, Fill.Law.Uniform, low, high);

    /// <summary>Integers spread evenly over [<paramref name="low"/>, <paramref name="high"/>).</summary>
    [PyTorch("torch.randint", Differs = "The shape first; `high` is always excluded.")]
    public Tensor Integers(Shape shape, long low, long high, DType dtype = DType.I64)
    {
        if (low >= high) throw new ArgumentException($"integers: low must be below high, but low is {low} and high is {high}.");
        (double least, double most) = dtype switch
        {
            DType.Bool => (0, 1),
            DType.U8 => (byte.MinValue, byte.MaxValue),
            DType.I32 => (int.MinValue, int.MaxValue),
            _ => (double.NegativeInfinity, double.PositiveInfinity),
        };
        if (low < least || high - 1 > most) throw new ArgumentException($"integers: the element type must hold them all, but low is {low}, high is {high} and the type is {dtype}.");
        return Draw(shape, dtype, Fill.Law.Integer, low, high);
    }

    /// <summary>The numbers 0 … <paramref name="count"/>−1 in random order (Fisher–Yates).</summary>
    [PyTorch("torch.randperm", Differs = "An array; `Tensor.From(…)` makes a tensor of it.")]
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
        if (MapLevel.Current is { } level) return MapLevel.Draw(level, shape, "random numbers", all => Draw(all, dtype, law, first, second));
        RunTrace.Current?.Meet(this);
        using NoGrad off = NoGrad.Scope();
        using Scope scope = Scope.Begin("random numbers");
        Tensor numbers = Tensor.Allocate(shape, dtype == DType.F32 ? DType.F32 : DType.F64);
        double most = Below(second, law == Fill.Law.Uniform ? dtype : DType.F64);
        // Without numbers the stream moves on all the same.
        if (!numbers.IsShapeOnly)
        {
            if (dtype == DType.F32) Fill.Run((float*)numbers.Data, shape.Elements, law, first, second, most, Seed, Stream, Position);
            else Fill.Run((double*)numbers.Data, shape.Elements, law, first, second, most, Seed, Stream, Position);
        }

        Position += Fill.Uses(shape.Elements);
        return scope.Keep(numbers.To(dtype));
    }

    /// <summary>The largest number of a type that is below another number; of F64 for whole numbers.</summary>
    static double Below(double end, DType dtype)
    {
        if (dtype == DType.F64 || !dtype.IsFloat) return Math.BitDecrement(end);
        if (dtype == DType.F16) return (double)(Half)end < end ? (double)(Half)end : (double)Half.BitDecrement((Half)end);
        float single = (float)end < end ? (float)end : MathF.BitDecrement((float)end);
        if (dtype == DType.F32) return single;
        // The upper half of the bits is the BF16 nearer to zero; below zero the next one is wanted.
        uint bits = BitConverter.SingleToUInt32Bits(single);
        if (single < 0 && (bits & 0xFFFF) != 0) bits += 0x10000;
        return BitConverter.UInt32BitsToSingle(bits & 0xFFFF0000);
    }
}
