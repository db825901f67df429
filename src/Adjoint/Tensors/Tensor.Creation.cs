using System.Runtime.InteropServices;

namespace Adjoint;

public sealed partial class Tensor
{
    /// <summary>Zeros.</summary>
    [PyTorch("torch.zeros", "torch.zeros_like", Differs = "Like another tensor: `Tensor.Zeros(x.Shape, x.DType)`.")]
    public static unsafe Tensor Zeros(Shape shape, DType dtype = DType.F32)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Tensor tensor = Allocate(shape, dtype);
        if (!tensor.IsShapeOnly) NativeMemory.Clear(tensor.Data, (nuint)(shape.Elements * dtype.Bytes));
        return tensor;
    }

    /// <summary>Ones.</summary>
    [PyTorch("torch.ones", "torch.ones_like")]
    public static Tensor Ones(Shape shape, DType dtype = DType.F32) => Full(shape, 1, dtype);

    /// <summary>One value everywhere.</summary>
    [PyTorch("torch.full", "torch.full_like", Differs = "F32 unless said otherwise; PyTorch takes the value's type.")]
    public static Tensor Full(Shape shape, double value, DType dtype = DType.F32)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Tensor tensor = Allocate(shape, dtype);
        tensor.Fill(value);
        return tensor;
    }

    /// <summary>A single value, of shape <c>[]</c>.</summary>
    [PyTorch("torch.scalar_tensor", Differs = "F32 unless said otherwise.")]
    public static Tensor Scalar(double value, DType dtype = DType.F32) => Full(Shape.Scalar, value, dtype);

    /// <summary>The numbers <paramref name="start"/>, <paramref name="start"/> + <paramref name="step"/>, … below <paramref name="end"/> (above it, for a negative step).</summary>
    /// <exception cref="ArgumentException">The step is zero, or start or end is not finite.</exception>
    [PyTorch("torch.arange", Differs = "F32 unless said otherwise; PyTorch infers whole numbers.")]
    public static Tensor Arange(double start, double end, double step = 1, DType dtype = DType.F32)
    {
        if (step == 0 || double.IsNaN(step)) throw new ArgumentException($"arange: step must not be zero, but step is {step}.");
        if (!double.IsFinite((end - start) / step)) throw new ArgumentException($"arange: start and end must be finite, but start is {start} and end is {end}.");
        long count = (long)Math.Max(0, Math.Ceiling((end - start) / step));
        double[] values = new double[count];
        for (long i = 0; i < count; i++) values[i] = start + (i * step);
        return From(values).To(dtype);
    }

    /// <summary>The numbers 0 … <paramref name="count"/>−1.</summary>
    // No type parameter: the literal 0 converts to any enumeration, so that Arange(5, 0) would mean Arange(5, DType.F64).
    [PyTorch("torch.arange", Differs = "I64.")]
    public static Tensor Arange(long count) => Arange(0, count, 1, DType.I64);

    /// <summary>Ones on the diagonal, zeros elsewhere: [<paramref name="rows"/>, <paramref name="columns"/>].</summary>
    [PyTorch("torch.eye")]
    public static Tensor Eye(long rows, long? columns = null, DType dtype = DType.F32)
    {
        long width = columns ?? rows;
        Tensor tensor = Zeros([rows, width], dtype);
        if (Math.Min(rows, width) > 0) tensor.ViewAs([Math.Min(rows, width)], [width + 1], 0).Fill(1);
        return tensor;
    }

    /// <summary>A copy of values in row-major order; the element type follows <typeparamref name="T"/>.</summary>
    /// <exception cref="ShapeException">The number of values is not that of the shape.</exception>
    public static unsafe Tensor From<T>(ReadOnlySpan<T> values, Shape? shape = null) where T : unmanaged
    {
        shape ??= [values.Length];
        if (values.Length != shape.Elements) throw new ShapeException($"from: the values must fill the shape, but there are {values.Length} values and the shape is {shape}.");
        Tensor tensor = Allocate(shape, DTypeFacts.Of<T>());
        if (!tensor.IsShapeOnly) values.CopyTo(new Span<T>(tensor.Data, values.Length));
        return tensor;
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, Shape?)"/>
    [PyTorch("torch.tensor", "torch.from_numpy", "torch.as_tensor", Differs = "Always a copy. The type is that of the elements: `double` gives F64, `int` I32. Arrays of two and three axes keep them.")]
    public static Tensor From<T>(T[] values, Shape? shape = null) where T : unmanaged => From(values.AsSpan(), shape);

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, Shape?)"/>
    public static Tensor From<T>(Span<T> values, Shape? shape = null) where T : unmanaged => From((ReadOnlySpan<T>)values, shape);

    /// <summary>A copy of a rectangular array of any rank: <c>Tensor.From(new[,] { { 1f, 2f }, { 3f, 4f } })</c>.</summary>
    public static Tensor From<T>(Array values) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.GetType().GetElementType() != typeof(T)) throw new DTypeException($"from: the array's elements must be {typeof(T).Name}, but they are {values.GetType().GetElementType()?.Name}.");
        long[] sizes = [.. Enumerable.Range(0, values.Rank).Select(values.GetLongLength)];
        return From(MemoryMarshal.CreateReadOnlySpan(ref System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(values)), values.Length), Shape.Create(sizes));
    }

    /// <inheritdoc cref="From{T}(Array)"/>
    public static Tensor From<T>(T[,] values) where T : unmanaged => From<T>((Array)values);

    /// <inheritdoc cref="From{T}(Array)"/>
    public static Tensor From<T>(T[,,] values) where T : unmanaged => From<T>((Array)values);
}
