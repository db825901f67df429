namespace Adjoint.Ops;

/// <summary>The gradient of <see cref="CrossEntropy"/> along the logits, in one pass: with g a row's gradient and r its target, <c>dx = g·((Σr)·softmax(x) − r)</c>.</summary>
/// <remarks>Inputs: dy, logits, target, lse, total, and class weights if there are any.</remarks>
/// <param name="Forward">The operation differentiated.</param>
[NotInPyTorch("the gradient of CrossEntropy")]
public sealed record CrossEntropyBackward(CrossEntropy Forward) : Op, ISampled
{
    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) => outputs[0] = inputs[1].Spec;

    /// <inheritdoc/>
    protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => inputs[1].Elements * (inputs[2].DType.IsFloat ? 5 : 4);

    /// <inheritdoc/>
    protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        if (inputs[1].DType == DType.F64) Slopes<double>(inputs, outputs[0]);
        else Slopes<float>(inputs, outputs[0]);
    }

    unsafe void Slopes<T>(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var form = new RowForm(inputs[1].Shape, 1);
        DType type = output.DType.ComputeType();
        Tensor dx = form.RowsOf(output), dy = inputs[0].Detach().To(type).Contiguous(), lse = inputs[3].Detach().To(type).Contiguous();
        using (var rows = new TargetRows<T>(Forward, inputs[1], inputs[2], Forward.Weighted ? inputs[5] : null))
            Kernels.Normalization.CrossEntropy.Backward((T*)dy.Data, Forward.Reduction == Reduction.None ? 1 : 0, Kernels.Lanes.Lane<T>.Rounded(inputs[4].Item()).Value, rows.Logits, rows.Targets, (T*)lse.Data, new(dx.Data, dx.DType), rows.Count);
        form.Store(dx, output);
        GC.KeepAlive(dy);
        GC.KeepAlive(lse);
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x)
    {
        if (x.Size == 0 || (Forward.Weighted && x.IsMapped(5))) return null;
        Tensor g = Forward.Reduction == Reduction.Mean ? x.All(0) / x.All(4) : x.All(0);
        Shape rows = x.Shape(1).Without(1);
        if (Forward.Reduction != Reduction.None) g = g.Reshape([x.Size, .. Enumerable.Repeat(1L, rows.Rank)]).Expand(rows.Insert(0, x.Size));
        Tensor[] values = [g.Flatten(0, 1), x.Folded(1), x.Folded(2), x.Folded(3), Tensor.Ones([], x[4].DType)];
        return [x.Unfolded(new CrossEntropyBackward(Forward with { Reduction = Reduction.None }).ApplyWithHidden(Forward.Weighted ? [.. values, x[5]] : values)[0])];
    }

    /// <inheritdoc/>
    protected internal override Saves Needs(int input)
    {
        Saves all = Saves.Input(0) | Saves.Input(1) | Saves.Input(2) | Saves.Input(4);
        return Forward.Weighted ? all | Saves.Input(5) : all;
    }

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

    // lse and total are functions of the other inputs; their part is in the gradient of those.
    /// <inheritdoc/>
    protected internal override void VjpAll(Cotangents dy, Span<Tensor?> dx)
    {
        Tensor total = dy.Input(4).Detach();
        Tensor? weight = Forward.Weighted ? dy.Input(5).Detach() : null;
        Composite.Differentiate(dy, [0, 1, 2], inputs =>
        {
            (Tensor g, Tensor x, Tensor target) = (Forward.RowGradient(inputs[0], total), inputs[1], inputs[2]);
            Tensor r = target.DType.IsFloat
                ? (target * (1 - Forward.LabelSmoothing)) + (Forward.LabelSmoothing / x.Shape[1])
                : CrossEntropyMeaning.Distribution(Forward, x.Shape, target).To(x.DType);
            if (weight is not null) r *= CrossEntropy.ClassAxis(weight, x.Rank);
            return [g * ((r.Sum(1, keepDim: true) * x.Softmax(1)) - r)];
        }, dx);
    }

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        Plain x = inputs[1], dy = inputs[0];
        Plain r = CrossEntropyMeaning.Target(Forward, x.Shape, inputs[2], Forward.Weighted ? inputs[5] : null);
        Axes classes = Axes.Of([1], x.Shape, Name);
        Plain mass = Groups.Each(r, classes, g => g.Sum());
        var lse = new Plain(mass.Shape, inputs[3].Values);
        double total = inputs[4].Values[0];
        return
        [
            Plain.Make(x.Shape, index =>
            {
                double g = Forward.Reduction == Reduction.None ? dy[[index[0], .. index[2..]]] : dy.Values[0] / total;
                return g * ((mass[index] * Math.Exp(x[index] - lse[index])) - r[index]);
            }),
        ];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        foreach (Sample sample in CrossEntropyMeaning.Samples(random))
        {
            var op = (CrossEntropy)sample.Op;
            (Tensor x, Tensor target) = (sample.Inputs[0], sample.Inputs[1]);
            double total = RowWeights.Total("sample", x, target, op.Weighted ? sample.Inputs[2] : null, op.IgnoreIndex, op.Reduction);
            Tensor dy = random.Normal(op.Reduction == Reduction.None ? x.Shape.Without(1) : [], dtype: DType.F64);
            Tensor[] values = [dy, x, target, x.LogSumExp(1), Tensor.Scalar(total, DType.F64), .. sample.Inputs.Skip(2)];
            // lse belongs to the logits: moving them alone has no meaning.
            yield return new(new CrossEntropyBackward(op), values) { Constant = [1, 3, 4, 5], Tolerance = sample.Tolerance };
        }
    }
}
