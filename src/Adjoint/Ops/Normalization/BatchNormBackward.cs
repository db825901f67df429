namespace Adjoint.Ops;

/// <summary>The gradients of <see cref="BatchNorm"/>: with M values a channel, <c>dx = w·r·(dz − db/M − x̂·dw/M)</c>, dw = Σ dz·x̂, db = Σ dz; dz is dy, or that through the activation.</summary>
/// <remarks>Inputs: dy, x, mean, r, then the weight where given, and y where there is an activation. Outputs: dx, dw, db where there is one.</remarks>
/// <param name="Epsilon">ε, added under the root.</param>
/// <param name="Weighted">Whether a weight is given.</param>
/// <param name="Biased">Whether a bias is given.</param>
/// <param name="Activation">What follows, or null.</param>
[NotInPyTorch("the gradient of BatchNorm")]
public sealed record BatchNormBackward(double Epsilon, bool Weighted, bool Biased, Elementwise? Activation = null) : Op, ISampled
{
    /// <inheritdoc/>
    public override int OutputCount => 1 + (Weighted ? 1 : 0) + (Biased ? 1 : 0);

    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        outputs[0] = inputs[1].Spec;
        for (int i = 1; i < outputs.Length; i++) outputs[i] = inputs[2].Spec;
    }

    /// <inheritdoc/>
    protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => 9 * inputs[1].Elements;

    /// <inheritdoc/>
    protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        var form = new ChannelForm(inputs[1].Shape);
        Tensor x = form.Read(inputs[1]), dy = form.Read(inputs[0]).To(x.DType), dx = form.Target(outputs[0]);
        Tensor mean = inputs[2].ForKernel().To(x.DType), r = inputs[3].ForKernel().To(x.DType);
        Tensor? weight = Weighted ? inputs[4].ForKernel().To(x.DType) : null;
        Tensor? dWeight = Weighted ? outputs[1].KernelTarget() : null, dBias = Biased ? outputs[^1].KernelTarget() : null;
        Tensor? y = Activation is null ? null : form.Read(inputs[^1]).To(x.DType);
        Kernels.Formulas.Kernel? slope = Activation?.SlopeFromResult!.Kernel(x.DType, 0, x.Elements);
        if (x.DType == DType.F64) Kernels.Normalization.BatchNorm.Backward((double*)dy.Data, (double*)Pointer(y), slope, (double*)x.Data, (double*)mean.Data, (double*)r.Data, (double*)Pointer(weight), (double*)dx.Data, (double*)Pointer(dWeight), (double*)Pointer(dBias), form.Batch, form.Channels, form.Spatial);
        else Kernels.Normalization.BatchNorm.Backward((float*)dy.Data, (float*)Pointer(y), slope, (float*)x.Data, (float*)mean.Data, (float*)r.Data, (float*)Pointer(weight), (float*)dx.Data, (float*)Pointer(dWeight), (float*)Pointer(dBias), form.Batch, form.Channels, form.Spatial);
        form.Store(dx, outputs[0]);
        if (dWeight is not null) outputs[1].TakeFrom(dWeight);
        if (dBias is not null) outputs[^1].TakeFrom(dBias);

        static void* Pointer(Tensor? tensor) => tensor is null ? null : tensor.Data;
    }

    /// <inheritdoc/>
    protected internal override Saves Needs(int input) => Saves.Input(0) | Saves.Input(1) | (Weighted ? Saves.Input(4) : Saves.Nothing) | (Activation is null ? Saves.Nothing : Saves.Input(Result));

    /// <summary>Which input y is.</summary>
    int Result => Weighted ? 5 : 4;

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

    // Mean and r are functions of x; their part is in the gradient of x.
    /// <inheritdoc/>
    protected internal override void VjpAll(Cotangents dy, Span<Tensor?> dx) =>
        Composite.Differentiate(dy, [0, 1, .. Weighted ? [4] : Array.Empty<int>(), .. Activation is null ? Array.Empty<int>() : [Result]], inputs =>
        {
            Tensor x = inputs[1], dz = Activation is null ? inputs[0] : new Map(Activation.SlopeFromResult!).Apply(inputs[^1], inputs[0]);
            int[] others = ChannelForm.Others(x.Rank);
            Tensor r = (x.Var(others, 0, keepDim: true) + Epsilon).Rsqrt(), normal = (x - x.Mean(others, keepDim: true)) * r;
            Tensor along = r * (dz - dz.Mean(others, keepDim: true) - (normal * (dz * normal).Mean(others, keepDim: true)));
            if (Weighted) along *= ChannelForm.Broadcast(inputs[2], x.Rank);
            List<Tensor> all = [along];
            if (Weighted) all.Add((dz * normal).Sum(others));
            if (Biased) all.Add(dz.Sum(others));
            return [.. all];
        }, dx);

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        (Plain dy, Plain x) = (inputs[0], inputs[1]);
        if (Activation is not null) dy = new Map(Activation.SlopeFromResult!).Reference([inputs[^1], dy])[0];
        Axes over = Axes.Of(ChannelForm.Others(x.Shape.Rank), x.Shape, Name);
        double count = over.Count(x.Shape);
        Shape channels = [x.Shape[1]];
        double[] mean = inputs[2].Values, r = inputs[3].Values;
        Plain normal = Plain.Make(x.Shape, index => (x[index] - mean[index[1]]) * r[index[1]]);
        double[] dWeight = Groups.Each(Plain.Make(x.Shape, index => dy[index] * normal[index]), over, g => g.Sum()).Values;
        double[] dBias = Groups.Each(dy, over, g => g.Sum()).Values;
        List<Plain> all =
        [
            Plain.Make(x.Shape, index =>
            {
                long c = index[1];
                return (Weighted ? inputs[4].Values[c] : 1) * r[c] * (dy[index] - (dBias[c] / count) - (normal[index] * dWeight[c] / count));
            }),
        ];
        if (Weighted) all.Add(new(channels, dWeight));
        if (Biased) all.Add(new(channels, dBias));
        return [.. all];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        foreach (Sample sample in BatchNorm.Samples(random))
        {
            var op = (BatchNorm)sample.Op;
            Tensor x = sample.Inputs[0];
            int[] others = ChannelForm.Others(x.Rank);
            Tensor[] values = [random.Normal(x.Shape, dtype: DType.F64), x, x.Mean(others), (x.Var(others, 0) + op.Epsilon).Rsqrt()];
            // Mean and r belong to x: moving x alone has no meaning; nor has a result beside a rectifier's corner.
            if (op.Weighted) values = [.. values, sample.Inputs[1]];
            if (op.Activation is not null) values = [.. values, op.ApplyAll([.. sample.Inputs])[0]];
            yield return new(new BatchNormBackward(op.Epsilon, op.Weighted, op.Biased, op.Activation), values) { Constant = op.Activation is Relu ? [1, 2, 3, values.Length - 1] : [1, 2, 3] };
        }
    }
}
