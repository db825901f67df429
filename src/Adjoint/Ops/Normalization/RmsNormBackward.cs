namespace Adjoint.Ops;

/// <summary>The gradients of <see cref="RmsNorm"/> in one pass over the rows: with g = dy·w, <c>dx = r·(g − x̂·mean(g·x̂))</c>, dw = Σ dy·x̂.</summary>
/// <remarks>Inputs: dy, x, r, and the weight where given. Outputs: dx in x's type, and dw, where there is a weight, in the weight's.</remarks>
/// <param name="Normalized">The shape of the last axes, which are normalised together.</param>
/// <param name="Epsilon">ε, added under the root.</param>
/// <param name="Weighted">Whether a weight is given.</param>
[NotInPyTorch("the gradient of RmsNorm")]
public sealed record RmsNormBackward(Shape Normalized, double Epsilon, bool Weighted) : Op, ISampled
{
    /// <inheritdoc/>
    public override int OutputCount => 1 + (Weighted ? 1 : 0);

    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        outputs[0] = inputs[1].Spec;
        if (Weighted) outputs[1] = new(Normalized, inputs[3].DType);
    }

    /// <inheritdoc/>
    protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => inputs[1].Elements * (Weighted ? 9 : 6);

    /// <inheritdoc/>
    protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        DType compute = inputs[1].DType.ComputeType();
        Tensor dy = inputs[0].InOrder(), x = inputs[1].InOrder();
        Tensor r = inputs[2].Packed(compute);
        Tensor? weight = Weighted ? inputs[3].Packed(compute) : null, dWeight = Weighted ? outputs[1].Target(compute) : null;
        long count = inputs[2].Elements;
        if (compute == DType.F64) Kernels.Normalization.LayerNorm.Backward(dy.Stored<double>(), x.Stored<double>(), null, (double*)r.Data, (double*)Pointer(weight), outputs[0].Stored<double>(), (double*)Pointer(dWeight), null, count, Normalized.Elements);
        else Kernels.Normalization.LayerNorm.Backward(dy.Stored<float>(), x.Stored<float>(), null, (float*)r.Data, (float*)Pointer(weight), outputs[0].Stored<float>(), (float*)Pointer(dWeight), null, count, Normalized.Elements);
        if (dWeight is not null) outputs[1].TakeFrom(dWeight);

        static void* Pointer(Tensor? tensor) => tensor is null ? null : tensor.Data;
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x)
    {
        // The weight's gradient is a sum, of numbers that are not rounded.
        Tensor at = x.All(1), dy = x.All(0).To(at.DType.ComputeType());
        Tensor[] dx = (this with { Weighted = false }).ApplyWithHidden(Weighted ? dy * x.Aligned(3, x.Shape(1).Rank) : dy, at, x.All(2));
        if (!Weighted) return dx;
        // Where the sum is differentiated again, r must be seen to follow from x.
        Tensor normal = at.HasGraph || dy.HasGraph ? new RmsNorm(Normalized, Epsilon, false, dy.DType).Apply(at) : at * LayerNormBackward.PerRow(x.All(2), Normalized);
        return [.. dx, LayerNormBackward.OverRows(dy * normal, Normalized).To(x[3].DType)];
    }

    /// <inheritdoc/>
    protected internal override Saves Needs(int input) => Saves.Input(0) | Saves.Input(1) | (Weighted ? Saves.Input(3) : Saves.Nothing);

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

    // r is a function of x; its part is in the gradient of x.
    /// <inheritdoc/>
    protected internal override void VjpAll(Cotangents dy, Span<Tensor?> dx) =>
        Composite.Differentiate(dy, Weighted ? [0, 1, 3] : [0, 1], inputs =>
        {
            DType compute = inputs[1].DType.ComputeType();
            (Tensor dz, Tensor x) = (inputs[0].To(compute), inputs[1].To(compute));
            Tensor? weight = Weighted ? inputs[2] : null;
            int[] axes = [.. Enumerable.Range(x.Rank - Normalized.Rank, Normalized.Rank)];
            Tensor r = ((x * x).Mean(axes, keepDim: true) + Epsilon).Rsqrt(), normal = x * r;
            Tensor g = weight is null ? dz : dz * weight;
            Tensor along = r * (g - (normal * (g * normal).Mean(axes, keepDim: true)));
            return weight is null ? [along] : [along, (dz * normal).SumTo(Normalized)];
        }, dx);

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        (Plain dy, Plain x) = (inputs[0], inputs[1]);
        int n = (int)Normalized.Elements, rows = (int)(x.Shape.Elements / n);
        Plain dx = Plain.Zeros(x.Shape);
        double[] dWeight = new double[n];
        for (int row = 0; row < rows; row++)
        {
            double[] values = x.Values[(row * n)..((row + 1) * n)], d = dy.Values[(row * n)..((row + 1) * n)];
            double r = inputs[2].Values[row];
            double[] normal = [.. values.Select(v => v * r)], g = [.. d.Select((v, i) => Weighted ? v * inputs[3].Values[i] : v)];
            double slope = g.Zip(normal, (a, b) => a * b).Average();
            for (int i = 0; i < n; i++)
            {
                dx.Values[(row * n) + i] = r * (g[i] - (normal[i] * slope));
                dWeight[i] += d[i] * normal[i];
            }
        }

        List<Plain> all = [dx];
        if (Weighted) all.Add(new(Normalized, dWeight));
        return [.. all];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        foreach (Sample sample in RmsNorm.Samples(random))
        {
            var op = (RmsNorm)sample.Op;
            Tensor x = sample.Inputs[0];
            int[] axes = [.. Enumerable.Range(x.Rank - op.Normalized.Rank, op.Normalized.Rank)];
            Tensor r = ((x * x).Mean(axes) + op.Epsilon).Rsqrt();
            Tensor[] values = [random.Normal(x.Shape, dtype: DType.F64), x, r];
            // r belongs to x: moving x alone has no meaning.
            yield return new(new RmsNormBackward(op.Normalized, op.Epsilon, op.Weighted), op.Weighted ? [.. values, sample.Inputs[1]] : values) { Constant = [1, 2] };
        }
    }
}
