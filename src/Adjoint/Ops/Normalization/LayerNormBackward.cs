namespace Adjoint.Ops;

/// <summary>The gradients of <see cref="LayerNorm"/> in one pass over the rows: with g = dy·w, <c>dx = r·(g − mean(g) − x̂·mean(g·x̂))</c>, dw = Σ dy·x̂, db = Σ dy.</summary>
/// <remarks>Inputs: dy, x, mean, r, and the weight where given. Outputs: dx in x's type, and dw and db, where there is one, in the weight's, or in the one that is computed with.</remarks>
/// <param name="Normalized">The shape of the last axes, which are normalised together.</param>
/// <param name="Epsilon">ε, added under the root.</param>
/// <param name="Weighted">Whether a weight is given.</param>
/// <param name="Biased">Whether a bias is given.</param>
[NotInPyTorch("the gradient of LayerNorm")]
public sealed record LayerNormBackward(Shape Normalized, double Epsilon, bool Weighted, bool Biased) : Op, ISampled
{
    /// <inheritdoc/>
    public override int OutputCount => 1 + (Weighted ? 1 : 0) + (Biased ? 1 : 0);

    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        outputs[0] = inputs[1].Spec;
        for (int i = 1; i < outputs.Length; i++) outputs[i] = new(Normalized, OfParameters(inputs));
    }

    DType OfParameters(ReadOnlySpan<Tensor> inputs) => Weighted ? inputs[4].DType : inputs[1].DType.ComputeType();

    /// <inheritdoc/>
    protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => inputs[1].Elements * (9 + (Weighted ? 3 : 0) + (Biased ? 1 : 0));

    /// <inheritdoc/>
    protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        DType compute = inputs[1].DType.ComputeType();
        Tensor dy = inputs[0].InOrder(), x = inputs[1].InOrder();
        Tensor mean = inputs[2].Packed(compute), r = inputs[3].Packed(compute);
        Tensor? weight = Weighted ? inputs[4].Packed(compute) : null, dWeight = Weighted ? outputs[1].Target(compute) : null, dBias = Biased ? outputs[^1].Target(compute) : null;
        long count = inputs[2].Elements;
        if (compute == DType.F64) Kernels.Normalization.LayerNorm.Backward(dy.Stored<double>(), x.Stored<double>(), (double*)mean.Data, (double*)r.Data, (double*)Pointer(weight), outputs[0].Stored<double>(), (double*)Pointer(dWeight), (double*)Pointer(dBias), count, Normalized.Elements);
        else Kernels.Normalization.LayerNorm.Backward(dy.Stored<float>(), x.Stored<float>(), (float*)mean.Data, (float*)r.Data, (float*)Pointer(weight), outputs[0].Stored<float>(), (float*)Pointer(dWeight), (float*)Pointer(dBias), count, Normalized.Elements);
        if (dWeight is not null) outputs[1].TakeFrom(dWeight);
        if (dBias is not null) outputs[^1].TakeFrom(dBias);

        static void* Pointer(Tensor? tensor) => tensor is null ? null : tensor.Data;
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x)
    {
        // The parameters' gradients are sums, of numbers that are not rounded.
        Tensor at = x.All(1), dy = x.All(0).To(at.DType.ComputeType());
        int rank = x.Shape(1).Rank;
        Tensor[] dx = (this with { Weighted = false, Biased = false }).ApplyWithHidden(Weighted ? dy * x.Aligned(4, rank) : dy, at, x.All(2), x.All(3));
        if (Weighted)
        {
            // Where the sum is differentiated again, mean and r must be seen to follow from x.
            Tensor normal = at.HasGraph || dy.HasGraph ? new LayerNorm(Normalized, Epsilon, false, false, dy.DType).Apply(at) : (at - PerRow(x.All(2), Normalized)) * PerRow(x.All(3), Normalized);
            dx = [.. dx, OverRows(dy * normal, Normalized).To(x[4].DType)];
        }

        return Biased ? [.. dx, OverRows(dy, Normalized).To(Weighted ? x[4].DType : dy.DType)] : dx;
    }

    /// <summary>A number a row, to broadcast over the row.</summary>
    internal static Tensor PerRow(Tensor x, Shape normalized) => x.Reshape([.. x.Shape, .. Enumerable.Repeat(1L, normalized.Rank)]);

    /// <summary>Each item summed over its rows: [items, rows…, normalised…] to [items, normalised…].</summary>
    internal static Tensor OverRows(Tensor x, Shape normalized)
    {
        int rows = x.Rank - 1 - normalized.Rank;
        return rows == 0 ? x : x.Sum([.. Enumerable.Range(1, rows)]);
    }

    /// <inheritdoc/>
    protected internal override Saves Needs(int input) => Saves.Input(0) | Saves.Input(1) | (Weighted ? Saves.Input(4) : Saves.Nothing);

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

    // Mean and r are functions of x; their part is in the gradient of x.
    /// <inheritdoc/>
    protected internal override void VjpAll(Cotangents dy, Span<Tensor?> dx) =>
        Composite.Differentiate(dy, Weighted ? [0, 1, 4] : [0, 1], inputs =>
        {
            DType compute = inputs[1].DType.ComputeType();
            (Tensor dz, Tensor x) = (inputs[0].To(compute), inputs[1].To(compute));
            Tensor? weight = Weighted ? inputs[2] : null;
            int[] axes = [.. Enumerable.Range(x.Rank - Normalized.Rank, Normalized.Rank)];
            Tensor r = (x.Var(axes, 0, keepDim: true) + Epsilon).Rsqrt(), normal = (x - x.Mean(axes, keepDim: true)) * r;
            Tensor g = weight is null ? dz : dz * weight;
            Tensor along = r * (g - g.Mean(axes, keepDim: true) - (normal * (g * normal).Mean(axes, keepDim: true)));
            Tensor[] all = weight is null ? [along] : [along, (dz * normal).SumTo(Normalized)];
            return Biased ? [.. all, dz.SumTo(Normalized)] : all;
        }, dx);

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        (Plain dy, Plain x) = (inputs[0], inputs[1]);
        int n = (int)Normalized.Elements, rows = (int)(x.Shape.Elements / n);
        Plain dx = Plain.Zeros(x.Shape);
        double[] dWeight = new double[n];
        double[] dBias = new double[n];
        for (int row = 0; row < rows; row++)
        {
            double[] values = x.Values[(row * n)..((row + 1) * n)], d = dy.Values[(row * n)..((row + 1) * n)];
            double mean = inputs[2].Values[row], r = inputs[3].Values[row];
            double[] normal = [.. values.Select(v => (v - mean) * r)], g = [.. d.Select((v, i) => Weighted ? v * inputs[4].Values[i] : v)];
            double level = g.Average(), slope = g.Zip(normal, (a, b) => a * b).Average();
            for (int i = 0; i < n; i++)
            {
                dx.Values[(row * n) + i] = r * (g[i] - level - (normal[i] * slope));
                dWeight[i] += d[i] * normal[i];
                dBias[i] += d[i];
            }
        }

        List<Plain> all = [dx];
        if (Weighted) all.Add(new(Normalized, dWeight));
        if (Biased) all.Add(new(Normalized, dBias));
        return [.. all];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        foreach (Sample sample in LayerNorm.Samples(random))
        {
            var op = (LayerNorm)sample.Op;
            Tensor x = sample.Inputs[0];
            int[] axes = [.. Enumerable.Range(x.Rank - op.Normalized.Rank, op.Normalized.Rank)];
            Tensor r = (x.Var(axes, 0) + op.Epsilon).Rsqrt();
            Tensor[] values = [random.Normal(x.Shape, dtype: DType.F64), x, x.Mean(axes), r];
            // Mean and r belong to x: moving x alone has no meaning.
            yield return new(new LayerNormBackward(op.Normalized, op.Epsilon, op.Weighted, op.Biased), op.Weighted ? [.. values, sample.Inputs[1]] : values) { Constant = [1, 2, 3] };
        }
    }
}
