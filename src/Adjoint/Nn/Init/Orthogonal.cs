using System.Numerics.Tensors;

namespace Adjoint.Nn;

public static partial class Init
{
    /// <summary>A random orthogonal matrix times <paramref name="gain"/>: rows (or columns, where there are fewer) of length gain, at right angles.</summary>
    /// <remarks>
    /// The shape is taken as a matrix [out, everything else]. A normal matrix is orthogonalised, uniformly over all
    /// rotations and reflections because the triangular factor is given a positive diagonal. Computed in F64; time grows with
    /// the square of the shorter side times the longer. Source: Saxe et al. 2014; Mezzadri 2007.
    /// </remarks>
    /// <exception cref="ShapeException">The shape has fewer than two axes.</exception>
    [PyTorch("torch.nn.init.orthogonal_", Differs = "Returns a tensor instead of overwriting one, and takes a generator.")]
    public static Tensor Orthogonal(Generator random, Shape shape, double gain = 1, DType dtype = DType.F32)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Rank < 2) throw new ShapeException($"init: an orthogonal weight needs at least two axes, but the shape is {shape}.");
        if (shape.Elements == 0 || ShapeOnly.IsOn) return Tensor.Zeros(shape, dtype);
        int rows = checked((int)shape[0]), columns = checked((int)(shape.Elements / shape[0]));
        int count = Math.Min(rows, columns), length = Math.Max(rows, columns);

        using Scope scope = Scope.Begin("orthogonal");
        double[] vectors = random.Normal([count, length], dtype: DType.F64).ToArray<double>();
        Orthonormalize(vectors, count, length);
        TensorPrimitives.Multiply(vectors, gain, vectors);
        if (rows > columns) vectors = Transposed(vectors, count, length);
        return scope.Keep(Tensor.From(vectors, shape).To(dtype));
    }

    /// <summary>Gram–Schmidt, each vector twice: once leaves an error that grows with the matrix' condition, twice is enough (Kahan and Parlett).</summary>
    static void Orthonormalize(double[] vectors, int count, int length)
    {
        for (int i = 0; i < count; i++)
        {
            Span<double> vector = vectors.AsSpan(i * length, length);
            for (int pass = 0; pass < 2; pass++)
            {
                for (int j = 0; j < i; j++)
                {
                    ReadOnlySpan<double> earlier = vectors.AsSpan(j * length, length);
                    TensorPrimitives.MultiplyAdd(earlier, -TensorPrimitives.Dot(vector, earlier), vector, vector);
                }
            }

            TensorPrimitives.Divide(vector, TensorPrimitives.Norm(vector), vector);
        }
    }

    static double[] Transposed(double[] matrix, int rows, int columns)
    {
        double[] result = new double[matrix.Length];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) result[(j * rows) + i] = matrix[(i * columns) + j];
        return result;
    }
}
