namespace Adjoint.Ops;

/// <summary>One element along an axis for each position of the others: <c>y[…, 0, …] = x[…, index[…, 0, …], …]</c>.</summary>
/// <remarks>x: any shape; index: I64, the same shape with the axis at size 1, values below the axis' size. Saves the index.</remarks>
/// <param name="Dim">The axis, counted from 0.</param>
[NotInPyTorch("a step of Max and Sort")]
internal sealed record PickAlong(int Dim) : Op, ISampled
{
    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) =>
        outputs[0] = new(inputs[1].Shape, inputs[0].DType);

    /// <inheritdoc/>
    protected internal override long Bytes(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => PickedBytes(inputs[1], outputs);

    /// <inheritdoc/>
    protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        Tensor x = inputs[0].Detach().Contiguous(), index = inputs[1].Contiguous(), y = outputs[0];
        (long outer, long size, long inner) = Split(x.Shape, Dim);
        long* at = (long*)index.Data;
        for (long i = 0; i < index.Elements; i++)
            if ((ulong)at[i] >= (ulong)size) throw new ArgumentOutOfRangeException(null, $"{Name}: indices must be from 0 to {size - 1}, but the one at position {i} is {at[i]}.");
        switch (x.DType.Bytes)
        {
            case 8: Kernels.Reduction.Along.Pick((long*)x.Data, at, (long*)y.Data, outer, size, inner); break;
            case 4: Kernels.Reduction.Along.Pick((int*)x.Data, at, (int*)y.Data, outer, size, inner); break;
            case 2: Kernels.Reduction.Along.Pick((short*)x.Data, at, (short*)y.Data, outer, size, inner); break;
            default: Kernels.Reduction.Along.Pick((byte*)x.Data, at, (byte*)y.Data, outer, size, inner); break;
        }
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Dim = Dim + 1 });

    /// <inheritdoc/>
    protected internal override Saves Needs(int input) => Saves.Input(1);

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) =>
        input == 0 ? new PlaceAlong(Dim, dy.InputShape(0)[Dim]).Apply(dy.Gradient, dy.Input(1)) : null;

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs) =>
    [
        Plain.Make(inputs[1].Shape, index =>
        {
            long[] from = [.. index];
            from[Dim] = (long)inputs[1][index];
            return inputs[0][from];
        }),
    ];

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random) =>
    [
        new(new PickAlong(0), random.Normal([5, 3], dtype: DType.F64), random.Integers([1, 3], 0, 5)),
        new(new PickAlong(1), random.Normal([2, 4, 17], dtype: DType.F64), random.Integers([2, 1, 17], 0, 4)),
        new(new PickAlong(1), random.Normal([3, 6], dtype: DType.F64), random.Integers([3, 1], 0, 6)),
    ];

    /// <summary>A shape as [outer, size, inner] around an axis.</summary>
    public static (long Outer, long Size, long Inner) Split(Shape shape, int dim)
    {
        long outer = 1, inner = 1;
        for (int i = 0; i < dim; i++) outer *= shape[i];
        for (int i = dim + 1; i < shape.Rank; i++) inner *= shape[i];
        return (outer, shape[dim], inner);
    }
}
