using Adjoint.Kernels.Pooling;

namespace Adjoint.Ops;

/// <summary>Elements added to the places in their plane that indices name: <c>dx[n, c, index[n, c, p]] += dy[n, c, p]</c>; the gradient of a maximum over windows.</summary>
/// <remarks>dy and index (I64, into the flattened plane; −1: nowhere) are [N, C, H', W'], dx is [N, C, H, W]. Saves the indices.</remarks>
/// <param name="Image">Height and width of the result.</param>
public sealed record PlaneScatter(Shape Image) : Op, ISampled
{
    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        Shape dy = inputs[0].Shape;
        DType dtype = Operands.FloatType(Name, ["dy"], inputs[..1]);
        if (inputs[1].DType != DType.I64) throw new DTypeException($"{Name}: indices must be I64, but they are {inputs[1].DType}.");
        if (dy.Rank != 4 || inputs[1].Shape != dy) throw new ShapeException($"{Name}: dy and index must have the same axes [N, C, H, W], but dy is {dy} and index is {inputs[1].Shape}.");
        outputs[0] = new([dy[0], dy[1], Image[0], Image[1]], dtype);
    }

    /// <inheritdoc/>
    protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        Tensor dx = outputs[0], sums = dx.Target(dx.DType.Compute), dy = inputs[0].Packed(sums.DType), index = inputs[1].Packed(DType.I64);
        long planes = dy.Shape[0] * dy.Shape[1], outPlane = dy.Shape[2] * dy.Shape[3];
        if (sums.DType == DType.F64) Pool.Scatter(planes, Image.Elements, outPlane, (double*)dy.Data, (long*)index.Data, (double*)sums.Data);
        else Pool.Scatter(planes, Image.Elements, outPlane, (float*)dy.Data, (long*)index.Data, (float*)sums.Data);
        if (sums != dx) dx.CopyFrom(sums);
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x) => x.ApplyFolded(this);

    /// <inheritdoc/>
    protected internal override Saves Needs(int input) => Saves.Input(1);

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => input == 0 ? new PlaneGather().Apply(dy.Gradient, dy.Input(1)) : null;

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        Plain dy = inputs[0], dx = Plain.Zeros([dy.Shape[0], dy.Shape[1], Image[0], Image[1]]);
        foreach (long[] at in Plain.Indices(dy.Shape))
        {
            long index = (long)inputs[1][at];
            if (index >= 0) dx[at[0], at[1], index / Image[1], index % Image[1]] += dy[at];
        }

        return [dx];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random) =>
    [
        new(new PlaneScatter([5, 4]), random.Normal([2, 3, 3, 2], dtype: DType.F64), random.Integers([2, 3, 3, 2], 0, 20)),
        new(new PlaneScatter([1, 3]), random.Normal([1, 2, 3, 3], dtype: DType.F64), random.Integers([1, 2, 3, 3], -1, 3)),
    ];

    /// <inheritdoc/>
    public static IEnumerable<Misuse> Misuses(Generator random) =>
    [
        Misuse.Of<ShapeException>(() => new PlaneScatter([5, 4]).Apply(Tensor.Zeros([2, 3, 3, 2]), Tensor.Zeros([2, 3, 2, 3], DType.I64)), "plane_scatter: dy and index must have the same axes [N, C, H, W], but dy is [2, 3, 3, 2] and index is [2, 3, 2, 3]."),
        Misuse.Of<DTypeException>(() => new PlaneScatter([5, 4]).Apply(Tensor.Zeros([2, 3, 3, 2]), Tensor.Zeros([2, 3, 3, 2])), "plane_scatter: indices must be I64, but they are F32."),
        Misuse.Of<ShapeException>(() => new PlaneScatter([5, 4]).Apply(Tensor.Zeros([1, 1, 1, 1]), Tensor.Full([1, 1, 1, 1], 20, DType.I64)), "plane: indices must be from 0 to 19, or -1 for none, but one is 20."),
    ];
}
