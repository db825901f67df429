using Adjoint.Kernels.Pooling;

namespace Adjoint.Ops;

/// <summary>Elements taken from the places in their plane that indices name: <c>y[n, c, p] = x[n, c, index[n, c, p]]</c>; the gradient of <see cref="PlaneScatter"/>.</summary>
/// <remarks>x is [N, C, H, W], index (I64, into the flattened plane; −1: 0 is taken) and y are [N, C, H', W']. Saves the indices.</remarks>
[NotInPyTorch("a step of MaxPool")]
public sealed record PlaneGather : Op, ISampled
{
    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        Shape x = inputs[0].Shape, index = inputs[1].Shape;
        DType dtype = Operands.FloatType(Name, ["x"], inputs[..1]);
        if (inputs[1].DType != DType.I64) throw new DTypeException($"{Name}: indices must be I64, but they are {inputs[1].DType}.");
        if (x.Rank != 4 || index.Rank != 4 || x[0] != index[0] || x[1] != index[1]) throw new ShapeException($"{Name}: x and index must have the same planes [N, C, H, W], but x is {x} and index is {index}.");
        outputs[0] = new(index, dtype);
    }

    /// <inheritdoc/>
    protected internal override long Bytes(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => PickedBytes(inputs[1], outputs);

    /// <inheritdoc/>
    protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        Tensor y = outputs[0], taken = y.Target(y.DType.Compute), x = inputs[0].Packed(taken.DType), index = inputs[1].Packed(DType.I64);
        long planes = y.Shape[0] * y.Shape[1], inPlane = x.Shape[2] * x.Shape[3], outPlane = y.Shape[2] * y.Shape[3];
        if (taken.DType == DType.F64) Pool.Gather(planes, inPlane, outPlane, (double*)x.Data, (long*)index.Data, (double*)taken.Data);
        else Pool.Gather(planes, inPlane, outPlane, (float*)x.Data, (long*)index.Data, (float*)taken.Data);
        if (taken != y) y.CopyFrom(taken);
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x) => x.ApplyFolded(this);

    /// <inheritdoc/>
    protected internal override Saves Needs(int input) => Saves.Input(1);

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) =>
        input == 0 ? new PlaneScatter(Convolution.Image(dy.InputShape(0))).Apply(dy.Gradient, dy.Input(1)) : null;

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        Plain x = inputs[0];
        return
        [
            Plain.Make(inputs[1].Shape, at =>
            {
                long index = (long)inputs[1][at];
                return index < 0 ? 0 : x[at[0], at[1], index / x.Shape[3], index % x.Shape[3]];
            }),
        ];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random) =>
    [
        new(new PlaneGather(), random.Normal([2, 3, 5, 4], dtype: DType.F64), random.Integers([2, 3, 3, 2], 0, 20)),
        new(new PlaneGather(), random.Normal([1, 2, 1, 3], dtype: DType.F64), random.Integers([1, 2, 3, 3], -1, 3)),
    ];

    /// <inheritdoc/>
    public static IEnumerable<Misuse> Misuses(Generator random) =>
    [
        Misuse.Of<ShapeException>(() => new PlaneGather().Apply(Tensor.Zeros([2, 3, 5, 4]), Tensor.Zeros([2, 2, 3, 2], DType.I64)), "plane_gather: x and index must have the same planes [N, C, H, W], but x is [2, 3, 5, 4] and index is [2, 2, 3, 2]."),
        Misuse.Of<DTypeException>(() => new PlaneGather().Apply(Tensor.Zeros([2, 3, 5, 4]), Tensor.Zeros([2, 3, 3, 2])), "plane_gather: indices must be I64, but they are F32."),
    ];
}
