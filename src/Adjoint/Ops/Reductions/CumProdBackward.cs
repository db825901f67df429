namespace Adjoint.Ops;

/// <summary>The gradient of <see cref="CumProd"/> without a division, so that zeros do no harm: <c>dx[i] = Σ dy[k]·Π x[j], k ≥ i, j ≤ k, j ≠ i</c>.</summary>
/// <remarks>Inputs: dy and x. Saves both; differentiated again, it takes memory that grows with the square of the number of factors.</remarks>
/// <param name="Dim">The axis, counted from 0.</param>
public sealed record CumProdBackward(int Dim) : Op, ISampled
{
    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) => outputs[0] = inputs[1].Spec;

    /// <inheritdoc/>
    protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        var form = new RowForm(inputs[1].Shape, Dim);
        Tensor x = form.Read(inputs[1]), dy = form.Read(inputs[0]).To(x.DType), dx = form.Target(outputs[0]);
        if (x.DType == DType.F64) Kernels.Reduction.Scan.ProductBackward((double*)dy.Data, (double*)x.Data, (double*)dx.Data, form.Count, form.Length);
        else Kernels.Reduction.Scan.ProductBackward((float*)dy.Data, (float*)x.Data, (float*)dx.Data, form.Count, form.Length);
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
        Composite.Differentiate(dy, [0, 1], inputs =>
        {
            var form = new RowForm(inputs[1].Shape, Dim);
            Tensor others = ProdBackward.OneLeftOut(form.Matrix(inputs[1])).CumProd(2);
            Tensor reaches = Tensor.From(Plain.Make([form.Length, form.Length], index => index[1] >= index[0] ? 1 : 0).Values, [form.Length, form.Length]).To(others.DType);
            return [form.FromMatrix((others * reaches * form.Matrix(inputs[0]).Unsqueeze(1)).Sum(2))];
        }, dx);

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        Axes over = Axes.Of([Dim], inputs[1].Shape, Name);
        // The gradients of a group are joined to its elements, so that both are seen together.
        Plain dy = inputs[0], x = inputs[1];
        var gradients = new Queue<double[]>();
        Groups.Along(dy, over, g => { gradients.Enqueue(g); return g; });
        return
        [
            Groups.Along(x, over, g =>
            {
                double[] d = gradients.Dequeue();
                return [.. g.Select((_, i) => Enumerable.Range(i, g.Length - i).Sum(k => d[k] * g.Take(k + 1).Where((_, j) => j != i).Aggregate(1.0, (a, b) => a * b)))];
            }),
        ];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        foreach (Sample sample in CumProd.Samples(random))
        {
            var op = (CumProd)sample.Op;
            Tensor x = sample.Inputs[0];
            yield return new(new CumProdBackward(op.Dim), random.Normal(x.Shape, dtype: DType.F64), x);
        }
    }
}
