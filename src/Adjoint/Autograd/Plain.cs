namespace Adjoint;

/// <summary>Numbers in row-major order with a shape: what references are written in. Slow on purpose, and plain.</summary>
public sealed class Plain(Shape shape, double[] values)
{
    /// <summary>The sizes of the axes.</summary>
    public Shape Shape { get; } = shape;

    /// <summary>The numbers, in row-major order.</summary>
    public double[] Values { get; } = values;

    /// <summary>The number at a position, one index per axis; an axis of size 1 accepts every index (broadcasting), and so do missing leading axes.</summary>
    public double this[params ReadOnlySpan<long> index]
    {
        get => Values[Position(index)];
        set => Values[Position(index)] = value;
    }

    /// <summary>Zeros.</summary>
    public static Plain Zeros(Shape shape) => new(shape, new double[shape.Elements]);

    /// <summary>Each element computed from its index.</summary>
    public static Plain Make(Shape shape, Func<long[], double> value)
    {
        Plain result = Zeros(shape);
        long next = 0;
        foreach (long[] index in Indices(shape)) result.Values[next++] = value(index);
        return result;
    }

    /// <summary>All indices of a shape in row-major order. The array is reused between steps.</summary>
    public static IEnumerable<long[]> Indices(Shape shape)
    {
        long[] index = new long[shape.Rank];
        for (long n = 0; n < shape.Elements; n++)
        {
            yield return index;
            for (int axis = shape.Rank - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) index[axis] = 0;
        }
    }

    /// <summary>A tensor's values.</summary>
    public static Plain From(Tensor tensor) => new(tensor.Shape, tensor.To(DType.F64).ToArray<double>());

    long Position(ReadOnlySpan<long> index)
    {
        long position = 0;
        int extra = index.Length - Shape.Rank;
        for (int axis = 0; axis < Shape.Rank; axis++) position = (position * Shape[axis]) + (Shape[axis] == 1 ? 0 : index[axis + extra]);
        return position;
    }
}
