using Adjoint.Kernels.Pooling;

namespace Adjoint.Ops;

/// <summary>The gradient of a maximum over windows: each dy added to the element of its window that a number names.</summary>
/// <remarks>dy and number (I32, as <see cref="MaxPool"/> gives it) are [N, C, H', W'], dx is [N, C, H, W]. Saves the numbers.</remarks>
/// <param name="Windows">How the windows lie.</param>
/// <param name="Image">Height and width of the pooling's input.</param>
[NotInPyTorch("the gradient of MaxPool")]
internal sealed record MaxPoolGradient(Windows Windows, Shape Image) : Op, ISampled
{
    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        Shape dy = inputs[0].Shape;
        DType dtype = Operands.FloatType(Name, ["dy"], inputs[..1]);
        if (dy.Rank != 4 || Input(dy) is not { } x || Windows.Result(x, Windows.Plan(x, Name)) != dy)
            throw new ShapeException($"{Name}: dy must have the shape of the pooling's result, but dy is {dy} and the image is {Image}.");
        outputs[0] = new(x, dtype);
    }

    Shape Input(Shape dy) => [dy[0], dy[1], Image[0], Image[1]];

    /// <inheritdoc/>
    protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        PoolPlan plan = Windows.Plan(outputs[0].Shape, Name);
        Tensor dx = outputs[0], sums = dx.Target(MaxPool.Compute(dx.DType, plan)), dy = inputs[0].Packed(sums.DType), number = inputs[1].Packed(DType.I32);
        if (sums.DType == DType.F64) Pool.MaxGradient(plan, (double*)dy.Data, (int*)number.Data, (double*)sums.Data);
        else Pool.MaxGradient(plan, (float*)dy.Data, (int*)number.Data, (float*)sums.Data);
        if (sums != dx) dx.CopyFrom(sums);
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x) => x.ApplyFolded(this);

    /// <inheritdoc/>
    protected internal override Saves Needs(int input) => Saves.Input(1);

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => input == 0 ? new MaxPoolPick(Windows).Apply(dy.Gradient, dy.Input(1)) : null;

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        Plain dx = Plain.Zeros(Input(inputs[0].Shape));
        foreach ((long[] atY, long[] atX) in MaxPoolPick.Chosen(Windows, dx.Shape, inputs[1])) dx[atX] += inputs[0][atY];
        return [dx];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        foreach (Windows windows in MaxPool.Cases)
        {
            Tensor x = random.Normal([2, 3, 7, 8], dtype: DType.F64);
            Tensor number = new MaxPool(windows).ApplyWithHidden(x)[1];
            yield return new(new MaxPoolGradient(windows, [7, 8]), random.Normal(number.Shape, dtype: DType.F64), number);
        }
    }

    /// <inheritdoc/>
    public static IEnumerable<Misuse> Misuses(Generator random) =>
    [
        Misuse.Of<ShapeException>(
            () => new MaxPoolGradient(MaxPool.Cases[0], [8, 8]).Apply(Tensor.Zeros([2, 3, 4, 5]), Tensor.Zeros([2, 3, 4, 5], DType.I32)),
            "max_pool_gradient: dy must have the shape of the pooling's result, but dy is [2, 3, 4, 5] and the image is [8, 8]."),
    ];
}
