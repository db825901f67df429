using Adjoint.Kernels.Pooling;

namespace Adjoint.Ops;

/// <summary>The element of each window that a number names, 0 where it is −1: the gradient of <see cref="MaxPoolGradient"/>.</summary>
/// <remarks>x is [N, C, H, W], number (I32, as <see cref="MaxPool"/> gives it) and y are [N, C, H', W']. Saves the numbers.</remarks>
/// <param name="Windows">How the windows lie.</param>
[NotInPyTorch("a step of MaxPool")]
internal sealed record MaxPoolPick(Windows Windows) : Op, ISampled
{
    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        DType dtype = Operands.FloatType(Name, ["x"], inputs[..1]);
        Shape x = inputs[0].Shape, number = inputs[1].Shape;
        if (Windows.Result(x, Windows.Plan(x, Name)) != number) throw new ShapeException($"{Name}: there must be a number for each window of x, but x is {x} and the numbers are {number}.");
        outputs[0] = new(number, dtype);
    }

    /// <inheritdoc/>
    protected internal override long Bytes(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => PickedBytes(inputs[1], outputs);

    /// <inheritdoc/>
    protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        Tensor y = outputs[0], taken = y.Target(y.DType.Compute), x = inputs[0].Packed(taken.DType), number = inputs[1].Packed(DType.I32);
        PoolPlan plan = Windows.Plan(x.Shape, Name);
        if (taken.DType == DType.F64) Pool.Pick(plan, (double*)x.Data, (int*)number.Data, (double*)taken.Data);
        else Pool.Pick(plan, (float*)x.Data, (int*)number.Data, (float*)taken.Data);
        if (taken != y) y.CopyFrom(taken);
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x) => x.ApplyFolded(this);

    /// <inheritdoc/>
    protected internal override Saves Needs(int input) => Saves.Input(1);

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) =>
        input == 0 ? new MaxPoolGradient(Windows, Convolution.Image(dy.InputShape(0))).Apply(dy.Gradient, dy.Input(1)) : null;

    /// <summary>The pairs of an output and the input that its number names.</summary>
    internal static IEnumerable<(long[] Y, long[] X)> Chosen(Windows windows, Shape x, Plain number)
    {
        PoolPlan plan = windows.Plan(x, "pool");
        return windows.Pairs(x).Where(p => number[p.Y] == Number(plan, p.Y, p.X));
    }

    static long Number(in PoolPlan plan, long[] y, long[] x) =>
        (x[2] - plan.H.Start(y[2])) / plan.H.Dilation * plan.W.Taps + (x[3] - plan.W.Start(y[3])) / plan.W.Dilation;

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        Plain y = Plain.Zeros(inputs[1].Shape);
        foreach ((long[] atY, long[] atX) in Chosen(Windows, inputs[0].Shape, inputs[1])) y[atY] = inputs[0][atX];
        return [y];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        foreach (Windows windows in MaxPool.Cases)
        {
            Tensor number = new MaxPool(windows).ApplyWithHidden(random.Normal([2, 3, 7, 8], dtype: DType.F64))[1];
            yield return new(new MaxPoolPick(windows), random.Normal([2, 3, 7, 8], dtype: DType.F64), number);
        }
    }

    /// <inheritdoc/>
    public static IEnumerable<Misuse> Misuses(Generator random) =>
    [
        Misuse.Of<ShapeException>(
            () => new MaxPoolPick(MaxPool.Cases[0]).Apply(Tensor.Zeros([2, 3, 4, 4]), Tensor.Zeros([2, 3, 2, 3], DType.I32)),
            "max_pool_pick: there must be a number for each window of x, but x is [2, 3, 4, 4] and the numbers are [2, 3, 2, 3]."),
    ];
}
