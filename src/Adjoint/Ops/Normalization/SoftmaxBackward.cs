namespace Adjoint.Ops;

/// <summary>The gradient of <see cref="Softmax"/> in one pass, from its result: <c>dx = y·(dy − Σ y·dy)</c>, sums along the axis.</summary>
/// <remarks>Inputs: dy and y. Saves both.</remarks>
/// <param name="Dim">The axis, counted from 0.</param>
[NotInPyTorch("the gradient of Softmax")]
public sealed record SoftmaxBackward(int Dim) : Op, ISampled
{
    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) => outputs[0] = inputs[1].Spec;

    /// <inheritdoc/>
    protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => 4 * inputs[1].Elements;

    /// <inheritdoc/>
    protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        var form = new RowForm(inputs[1].Shape, Dim);
        Tensor y = form.Read(inputs[1]), dy = form.Read(inputs[0]).To(y.DType), dx = form.Target(outputs[0]);
        if (y.DType == DType.F64) Kernels.Normalization.Softmax.Backward((double*)y.Data, (double*)dy.Data, (double*)dx.Data, form.Count, form.Length);
        else Kernels.Normalization.Softmax.Backward((float*)y.Data, (float*)dy.Data, (float*)dx.Data, form.Count, form.Length);
        form.Store(dx, outputs[0]);
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Dim = Dim + 1 });

    /// <inheritdoc/>
    protected internal override Saves Needs(int input) => Saves.Input(0) | Saves.Input(1);

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

    /// <inheritdoc/>
    protected internal override void VjpAll(Cotangents dy, Span<Tensor?> dx) =>
        Composite.Differentiate(dy, [0, 1], inputs => [inputs[1] * (inputs[0] - (inputs[1] * inputs[0]).Sum(Dim, keepDim: true))], dx);

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        (Plain dy, Plain y) = (inputs[0], inputs[1]);
        Plain sum = Groups.Each(Plain.Make(y.Shape, index => y[index] * dy[index]), Axes.Of([Dim], y.Shape, Name), g => g.Sum());
        return [Plain.Make(y.Shape, index => y[index] * (dy[index] - sum[index]))];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        foreach (Sample sample in Groups.AlongOneAxis(random, dim => new Softmax(dim)))
            yield return new(new SoftmaxBackward(((Softmax)sample.Op).Dim), random.Normal(sample.Inputs[0].Shape, dtype: DType.F64), sample.Op.Apply(sample.Inputs));
    }
}
