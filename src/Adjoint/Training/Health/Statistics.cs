using System.Numerics.Tensors;
using Adjoint.Ops;

namespace Adjoint.Training;

/// <summary>Measures of a tensor, with plain loops: nothing of them is recorded or observed.</summary>
internal static class Statistics
{
    const int Chunk = 4096;

    /// <summary>A slope below this share of the greatest is none.</summary>
    const float Flat = 0.05f;

    /// <summary>√Σx².</summary>
    public static double Norm(Tensor x)
    {
        using var quiet = new Quiet();
        double sum = 0;
        foreach (ReadOnlySpan<float> part in new Parts(Values(x)))
        {
            double squares = TensorPrimitives.SumOfSquares(part);
            // Squares leave the range of F32 long before the numbers do.
            if (!double.IsFinite(squares) || squares < 1e-30)
            {
                squares = 0;
                foreach (float value in part) squares += (double)value * value;
            }

            sum += squares;
        }

        return Math.Sqrt(sum);
    }

    /// <summary>At most so many elements, evenly spread.</summary>
    public static float[] Part(Tensor x, long most)
    {
        using var quiet = new Quiet();
        ReadOnlySpan<float> values = Values(x);
        int stride = (int)((values.Length + most - 1) / most);
        if (stride <= 1) return values.ToArray();
        float[] part = new float[values.Length / stride];
        for (int i = 0; i < part.Length; i++) part[i] = values[i * stride];
        return part;
    }

    /// <summary>The norm of a change relative to what was there.</summary>
    public static float Change(ReadOnlySpan<float> before, ReadOnlySpan<float> after)
    {
        double change = 0, size = 0;
        for (int i = 0; i < before.Length; i++)
        {
            double difference = (double)after[i] - before[i];
            change += difference * difference;
            size += (double)before[i] * before[i];
        }

        // A bias that was zero has no size to compare with.
        return size == 0 ? float.NaN : (float)Math.Sqrt(change / size);
    }

    /// <summary>An activation function's results.</summary>
    public static ActivationSample Of(Tensor y, Op op, ActivationKind kind)
    {
        using var quiet = new Quiet();
        ReadOnlySpan<float> values = Values(y);
        double sum = 0, squares = 0;
        foreach (ReadOnlySpan<float> part in new Parts(values))
        {
            sum += TensorPrimitives.Sum(part);
            squares += TensorPrimitives.SumOfSquares(part);
        }

        double mean = sum / values.Length;
        return new((float)mean, (float)Math.Sqrt(Math.Max(0, (squares / values.Length) - (mean * mean))),
            kind == ActivationKind.Rectifier ? Dead(values, y.Shape) : float.NaN,
            kind == ActivationKind.Sigmoid ? Saturated(values, op) : float.NaN);
    }

    /// <summary>The share of units that are zero for all rows. A unit is a place of the last axis, or a channel where there are axes of space behind it.</summary>
    static float Dead(ReadOnlySpan<float> values, Shape shape)
    {
        const float Zero = 1e-6f;       // GELU and SiLU come near it only
        int axis = shape.Rank >= 4 ? 1 : shape.Rank - 1;
        int units = shape.Rank == 0 ? 1 : (int)shape[axis], inner = 1;
        for (int i = axis + 1; i < shape.Rank; i++) inner *= (int)shape[i];
        bool[] alive = new bool[units];
        for (int at = 0, unit = 0; at < values.Length; at += inner, unit = unit + 1 == units ? 0 : unit + 1)
            if (!alive[unit]) alive[unit] = values.Slice(at, inner).IndexOfAnyExceptInRange(-Zero, Zero) >= 0;
        return (float)alive.Count(a => !a) / units;
    }

    /// <summary>The share of results where the function's slope is below <see cref="Flat"/> of its greatest.</summary>
    static float Saturated(ReadOnlySpan<float> values, Op op)
    {
        // By the result y: the slope of tanh is 1 − y², of sigmoid y(1 − y), of softsign (1 − |y|)²; the hard ones are flat at their ends.
        (float low, float high) = op switch
        {
            Tanh => (-MathF.Sqrt(1 - Flat), MathF.Sqrt(1 - Flat)),
            Sigmoid => ((1 - MathF.Sqrt(1 - Flat)) / 2, (1 + MathF.Sqrt(1 - Flat)) / 2),
            Softsign => (MathF.Sqrt(Flat) - 1, 1 - MathF.Sqrt(Flat)),
            HardSigmoid => (float.Epsilon, MathF.BitDecrement(1)),
            _ => (MathF.BitIncrement(-1), MathF.BitDecrement(1)),
        };
        long flat = 0;
        foreach (float value in values) if (!(value >= low && value <= high)) flat++;
        return (float)flat / values.Length;
    }

    static ReadOnlySpan<float> Values(Tensor x)
    {
        Tensor plain = x.Alias().To(DType.F32);
        return (plain.IsContiguous ? plain : plain.Copy()).AsSpan<float>();
    }

    /// <summary>Pieces small enough that a sum in F32 keeps its digits.</summary>
    ref struct Parts(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<float> _rest = values;

        public ReadOnlySpan<float> Current { get; private set; }

        public readonly Parts GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_rest.IsEmpty) return false;
            Current = _rest[..Math.Min(Chunk, _rest.Length)];
            _rest = _rest[Current.Length..];
            return true;
        }
    }
}
