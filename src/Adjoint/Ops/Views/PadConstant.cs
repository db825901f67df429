using Adjoint.Kernels.Copy;

namespace Adjoint.Ops;

/// <summary>A margin of one value around x. Saves nothing.</summary>
/// <param name="Before">The width of the margin before each axis.</param>
/// <param name="After">The width of the margin after each axis.</param>
/// <param name="Value">What the margin is filled with.</param>
[NotInPyTorch("what Pad does in the mode Constant")]
[GradientRule("y = x with a margin around it", "dx = dy without the margin")]
public sealed record PadConstant(Shape Before, Shape After, double Value) : Op, ISampled
{
    /// <inheritdoc/>
    public override bool MakesInfinities => double.IsInfinity(Value);

    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) =>
        outputs[0] = new(Whole(inputs[0].Shape), inputs[0].DType);

    /// <inheritdoc/>
    protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        Kernels.Operand inside = outputs[0].Operand;
        for (int axis = 0; axis < Before.Rank; axis++) inside = inside.Part(axis, Before[axis], inputs[0].Shape[axis]);
        outputs[0].Fill(Value);
        StridedCopy.Run(inputs[0].Operand, inside);
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Before = Before.Insert(0, 0), After = After.Insert(0, 0) });

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input)
    {
        Tensor dx = dy.Gradient;
        for (int axis = 0; axis < Before.Rank; axis++) dx = dx.Slice(axis, Before[axis], Before[axis] + dy.InputShape(0)[axis]);
        return dx;
    }

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        Plain y = Plain.Make(Whole(inputs[0].Shape), _ => Value);
        foreach (long[] index in Plain.Indices(inputs[0].Shape)) y[[.. index.Select((i, axis) => i + Before[axis])]] = inputs[0][index];
        return [y];
    }

    Shape Whole(Shape x) => Shape.Create([.. x.Select((size, axis) => size + Before[axis] + After[axis])]);

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random) =>
    [
        new(new PadConstant([0, 1, 2], [1, 0, 3], 0.5), random.Normal([2, 3, 4], dtype: DType.F64)),
        new(new PadConstant([2], [0], 0), random.Normal([1], dtype: DType.F64)),
        new(new PadConstant([1, 1], [1, 1], -3), random.Normal([0, 2], dtype: DType.F64)),
    ];

    /// <inheritdoc/>
    public static IEnumerable<Misuse> Misuses(Generator random) =>
    [
        Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Pad([1]), "pad: widths must be two for each axis, last axis first, but they are [1] and x is [2, 3]."),
        Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Pad([-2, -2]), "pad: widths must cut off at most the axis in mode Constant, but they are -2 and -2 on axis 1 of x [2, 3]."),
        Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Pad([0, 3], PadMode.Reflect), "pad: widths must be from 0 to less than the axis in mode Reflect, but they are 0 and 3 on axis 1 of x [2, 3]."),
        Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 3]).Pad([4, 0], PadMode.Circular), "pad: widths must be from 0 to the size of the axis in mode Circular, but they are 4 and 0 on axis 1 of x [2, 3]."),
        Misuse.Of<ShapeException>(() => Tensor.Zeros([2, 0]).Pad([1, 0], PadMode.Replicate), "pad: widths must not be negative, nor the axis empty in mode Replicate, but they are 1 and 0 on axis 1 of x [2, 0]."),
    ];
}
