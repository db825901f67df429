using Adjoint.Kernels.Convolution;

namespace Adjoint.Ops;

/// <summary>The gradient of a convolution's weight: <c>dw[o, c, t] = Σ over n, p of dy[n, o, p] · x[n, c, p·stride − padding + t·dilation]</c>.</summary>
/// <remarks>Inputs: dy [N, O, ...] and x [N, C, ...]; dw is [O, C/groups, ...]. Linear in both: its gradients are convolutions again. Saves dy where x wants a gradient, x where dy does.</remarks>
/// <param name="Window">Stride, padding and dilation of the convolution.</param>
/// <param name="Groups">Its groups.</param>
/// <param name="Kernel">The sizes of its kernel.</param>
[NotInPyTorch("the gradient of a convolution")]
public sealed record ConvolutionWeightGradient(Window Window, long Groups, Shape Kernel) : Op, ISampled
{
    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        Shape dy = inputs[0].Shape, x = inputs[1].Shape;
        DType dtype = Operands.FloatType(Name, ["dy", "x"], inputs);
        int rank = Window.Rank + 2;
        if (dy.Rank != rank || x.Rank != rank || Weight(dy, x) is not { } weight || Window.Result(x, weight) != dy)
            throw new ShapeException($"{Name}: dy must have the shape of the convolution's result, but dy is {dy}, x is {x} and the kernel is {Kernel}.");
        outputs[0] = new(weight, dtype);
    }

    Shape Weight(Shape dy, Shape x) => Shape.Create([dy[1], x[1] / Groups, .. Kernel]);

    /// <inheritdoc/>
    protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => 2 * inputs[0].Elements * (inputs[1].Shape[1] / Groups * Kernel.Elements);

    /// <inheritdoc/>
    protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        Tensor dw = outputs[0], sums = dw.Target(dw.DType.Compute), dy = inputs[0].Packed(sums.DType), x = inputs[1].Packed(sums.DType);
        Geometry g = Window.Geometry(x.Shape, dw.Shape, Groups);
        if (sums.DType == DType.F64) Convolve.WeightGradient(g, (double*)dy.Data, (double*)x.Data, (double*)sums.Data);
        else Convolve.WeightGradient(g, (float*)dy.Data, (float*)x.Data, (float*)sums.Data);
        if (sums != dw) dw.CopyFrom(sums);
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x) =>
        x.Size == 0 ? null : [x.Unfolded((this with { Groups = Groups * x.Size }).ApplyWithHidden(x.AsGroups(0), x.AsGroups(1))[0])];

    /// <inheritdoc/>
    protected internal override Saves Needs(int input) => Saves.Input(1 - input);

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => input == 0
        ? new Convolution(Window, Groups).Apply(dy.Input(1), dy.Gradient)
        : new ConvolutionInputGradient(Window, Groups, Convolution.Image(dy.InputShape(1))).Apply(dy.Input(0), dy.Gradient);

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        Plain dy = inputs[0], x = inputs[1], dw = Plain.Zeros(Weight(dy.Shape, x.Shape));
        foreach ((long[] atY, long[] atX, long[] w) in Window.Products(x.Shape, dw.Shape, Groups)) dw[w] += dy[atY] * x[atX];
        return [dw];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random) =>
        ConvolutionCase.All.Select(c => new Sample(
            new ConvolutionWeightGradient(c.Window, c.Groups, Convolution.Image(c.Weight)), random.Normal(c.Y, dtype: DType.F64), random.Normal(c.X, dtype: DType.F64)));

    /// <inheritdoc/>
    public static IEnumerable<Misuse> Misuses(Generator random) =>
    [
        Misuse.Of<ShapeException>(
            () => new ConvolutionWeightGradient(new([1, 1], [0, 0], [1, 1]), 1, [3, 3]).Apply(Tensor.Zeros([2, 3, 7, 6]), Tensor.Zeros([2, 4, 8, 8])),
            "convolution_weight_gradient: dy must have the shape of the convolution's result, but dy is [2, 3, 7, 6], x is [2, 4, 8, 8] and the kernel is [3, 3]."),
    ];
}
