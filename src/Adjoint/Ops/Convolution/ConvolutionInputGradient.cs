using Adjoint.Kernels.Convolution;

namespace Adjoint.Ops;

/// <summary>The gradient of a convolution's input: <c>dx[n, c, p·stride − padding + t·dilation] = Σ over o, t of w[o, c, t] · dy[n, o, p]</c>.</summary>
/// <remarks>Inputs: dy [N, O, ...] and weight [O, C/groups, ...]; dx is [N, C, ...]. Linear in both: its gradients are convolutions again. Saves dy where the weight wants a gradient, the weight where dy does.</remarks>
/// <param name="Window">Stride, padding and dilation of the convolution.</param>
/// <param name="Groups">Its groups.</param>
/// <param name="Image">The sizes of its input's image.</param>
[NotInPyTorch("the gradient of a convolution")]
public sealed record ConvolutionInputGradient(Window Window, long Groups, Shape Image) : Op, ISampled
{
    /// <inheritdoc/>
    public override PrecisionClass PrecisionClass => PrecisionClass.Low;

    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        Shape dy = inputs[0].Shape, weight = inputs[1].Shape;
        DType dtype = Operands.FloatType(Name, ["dy", "weight"], inputs);
        int rank = Window.Rank + 2;
        if (dy.Rank != rank || weight.Rank != rank || Input(dy, weight) is not { } x || Window.Result(x, weight) != dy)
            throw new ShapeException($"{Name}: dy must have the shape of the convolution's result, but dy is {dy}, the image is {Image} and weight is {weight}.");
        outputs[0] = new(x, dtype);
    }

    Shape Input(Shape dy, Shape weight) => Shape.Create([dy[0], Groups * weight[1], .. Image]);

    /// <inheritdoc/>
    protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => 2 * inputs[0].Elements * (inputs[1].Elements / inputs[1].Shape[0]);

    /// <inheritdoc/>
    protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        Tensor dx = outputs[0], sums = dx.Target(dx.DType.Compute), dy = inputs[0].Packed(sums.DType), weight = inputs[1].Packed(sums.DType);
        Geometry g = Window.Geometry(dx.Shape, weight.Shape, Groups);
        if (sums.DType == DType.F64) Convolve.InputGradient(g, (double*)dy.Data, (double*)weight.Data, (double*)sums.Data);
        else Convolve.InputGradient(g, (float*)dy.Data, (float*)weight.Data, (float*)sums.Data);
        if (sums != dx) dx.CopyFrom(sums);
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x)
    {
        if (x.Size == 0) return null;
        return x.IsMapped(1)
            ? [x.FromGroups((this with { Groups = Groups * x.Size }).ApplyWithHidden(x.AsGroups(0), x.Folded(1))[0])]
            : [x.Unfolded(ApplyWithHidden(x.Folded(0), x[1])[0])];
    }

    /// <inheritdoc/>
    protected internal override Saves Needs(int input) => Saves.Input(1 - input);

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => input == 0
        ? new Convolution(Window, Groups).Apply(dy.Gradient, dy.Input(1))
        : new ConvolutionWeightGradient(Window, Groups, Convolution.Image(dy.InputShape(1))).Apply(dy.Input(0), dy.Gradient);

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        Plain dy = inputs[0], weight = inputs[1], dx = Plain.Zeros(Input(dy.Shape, weight.Shape));
        foreach ((long[] y, long[] x, long[] w) in Window.Products(dx.Shape, weight.Shape, Groups)) dx[x] += dy[y] * weight[w];
        return [dx];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random) =>
        ConvolutionCase.All.Select(c => new Sample(
            new ConvolutionInputGradient(c.Window, c.Groups, Convolution.Image(c.X)), random.Normal(c.Y, dtype: DType.F64), random.Normal(c.Weight, dtype: DType.F64)));

    /// <inheritdoc/>
    public static IEnumerable<Misuse> Misuses(Generator random) =>
    [
        Misuse.Of<ShapeException>(
            () => new ConvolutionInputGradient(new([1, 1], [0, 0], [1, 1]), 1, [8, 8]).Apply(Tensor.Zeros([2, 3, 7, 6]), Tensor.Zeros([3, 4, 3, 3])),
            "convolution_input_gradient: dy must have the shape of the convolution's result, but dy is [2, 3, 7, 6], the image is [8, 8] and weight is [3, 4, 3, 3]."),
    ];
}
