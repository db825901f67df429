namespace Adjoint.Ops;

/// <summary>The opposite of <see cref="PickAlong"/>: zeros but for one element along an axis at each position of the others.</summary>
/// <remarks>Values: the axis has size 1; index: I64 of the same shape. Saves the index.</remarks>
/// <param name="Dim">The axis, counted from 0.</param>
/// <param name="Size">The axis' size in the result.</param>
internal sealed record PlaceAlong(int Dim, long Size) : Op, ISampled
{
    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) =>
        outputs[0] = new(inputs[0].Shape.With(Dim, Size), inputs[0].DType);

    /// <inheritdoc/>
    protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        Tensor values = inputs[0].Detach().Contiguous(), index = inputs[1].Contiguous(), y = outputs[0];
        (long outer, long size, long inner) = PickAlong.Split(y.Shape, Dim);
        System.Runtime.InteropServices.NativeMemory.Clear(y.Data, (nuint)(y.Elements * y.DType.Bytes));
        long* at = (long*)index.Data;
        switch (y.DType.Bytes)
        {
            case 8: Kernels.Reduction.Along.Place((long*)values.Data, at, (long*)y.Data, outer, size, inner); break;
            case 4: Kernels.Reduction.Along.Place((int*)values.Data, at, (int*)y.Data, outer, size, inner); break;
            case 2: Kernels.Reduction.Along.Place((short*)values.Data, at, (short*)y.Data, outer, size, inner); break;
            default: Kernels.Reduction.Along.Place((byte*)values.Data, at, (byte*)y.Data, outer, size, inner); break;
        }
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Dim = Dim + 1 });

    /// <inheritdoc/>
    protected internal override Saves Needs(int input) => Saves.Input(1);

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => input == 0 ? new PickAlong(Dim).Apply(dy.Gradient, dy.Input(1)) : null;

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs) =>
    [
        Plain.Make(inputs[0].Shape.With(Dim, Size), index => inputs[1][index] == index[Dim] ? inputs[0][index] : 0),
    ];

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random) =>
    [
        new(new PlaceAlong(0, 5), random.Normal([1, 3], dtype: DType.F64), random.Integers([1, 3], 0, 5)),
        new(new PlaceAlong(1, 4), random.Normal([2, 1, 17], dtype: DType.F64), random.Integers([2, 1, 17], 0, 4)),
    ];
}
