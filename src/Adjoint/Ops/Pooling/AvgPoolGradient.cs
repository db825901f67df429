using Adjoint.Kernels.Pooling;

namespace Adjoint.Ops;

/// <summary>The gradient of a mean over windows: each dy, divided by its window's count, added to every input of the window.</summary>
/// <remarks>dy [N, C, H', W'] gives dx [N, C, H, W]. Saves nothing.</remarks>
/// <param name="Windows">How the windows lie.</param>
/// <param name="Image">Height and width of the pooling's input.</param>
[NotInPyTorch("the gradient of AvgPool")]
public sealed record AvgPoolGradient(Windows Windows, Shape Image) : Op, ISampled
{
    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        Shape dy = inputs[0].Shape;
        DType dtype = Operands.FloatType(Name, ["dy"], inputs);
        if (dy.Rank != 4 || Input(dy) is not { } x || Windows.Result(x, Windows.Plan(x, Name)) != dy)
            throw new ShapeException($"{Name}: dy must have the shape of the pooling's result, but dy is {dy} and the image is {Image}.");
        outputs[0] = new(x, dtype);
    }

    Shape Input(Shape dy) => [dy[0], dy[1], Image[0], Image[1]];

    /// <inheritdoc/>
    protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => Windows.Plan(outputs[0].Shape, Name).Reads + inputs[0].Elements;

    /// <inheritdoc/>
    protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        Tensor dx = outputs[0], sums = dx.Target(dx.DType.Compute), dy = inputs[0].Packed(sums.DType);
        PoolPlan plan = Windows.Plan(dx.Shape, Name);
        if (sums.DType == DType.F64) Pool.MeanGradient(plan, (double*)dy.Data, (double*)sums.Data);
        else Pool.MeanGradient(plan, (float*)dy.Data, (float*)sums.Data);
        if (sums != dx) dx.CopyFrom(sums);
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x) => x.ApplyFolded(this);

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => new AvgPool(Windows).Apply(dy.Gradient);

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        Plain dy = inputs[0], dx = Plain.Zeros(Input(dy.Shape));
        PoolPlan plan = Windows.Plan(dx.Shape, Name);
        foreach ((long[] atY, long[] atX) in Windows.Pairs(dx.Shape)) dx[atX] += dy[atY] / (plan.H.Divisor(atY[2]) * plan.W.Divisor(atY[3]));
        return [dx];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        foreach (Windows windows in AvgPool.Cases)
        {
            Shape x = [2, 3, 7, 8];
            yield return new(new AvgPoolGradient(windows, [7, 8]), random.Normal(Windows.Result(x, windows.Plan(x, "")), dtype: DType.F64));
        }
    }

    /// <inheritdoc/>
    public static IEnumerable<Misuse> Misuses(Generator random) =>
    [
        Misuse.Of<ShapeException>(
            () => new AvgPoolGradient(AvgPool.Cases[0], [8, 8]).Apply(Tensor.Zeros([2, 3, 4, 5])),
            "avg_pool_gradient: dy must have the shape of the pooling's result, but dy is [2, 3, 4, 5] and the image is [8, 8]."),
    ];
}
