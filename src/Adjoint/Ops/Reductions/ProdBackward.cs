namespace Adjoint.Ops;

/// <summary>The gradient of <see cref="Prod"/> without a division, so that zeros do no harm: <c>dx[i] = dy·Π x[j], j ≠ i</c>.</summary>
/// <remarks>Inputs: dy and x. Saves both; differentiated again, it takes memory that grows with the square of the number of factors.</remarks>
/// <param name="Over">The axes that are multiplied.</param>
public sealed record ProdBackward(Axes Over) : Op, ISampled
{
    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) => outputs[0] = inputs[1].Spec;

    /// <inheritdoc/>
    protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        var form = new RowForm(inputs[1].Shape, Over);
        Tensor x = form.Read(inputs[1]), dy = inputs[0].ForKernel().To(x.DType), dx = form.Target(outputs[0]);
        if (x.DType == DType.F64) Kernels.Reduction.Scan.Others((double*)dy.Data, (double*)x.Data, (double*)dx.Data, form.Count, form.Length);
        else Kernels.Reduction.Scan.Others((float*)dy.Data, (float*)x.Data, (float*)dx.Data, form.Count, form.Length);
        form.Store(dx, outputs[0]);
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(this with { Over = Over.Behind(1) });

    /// <inheritdoc/>
    protected internal override Saves Needs(int input) => Saves.Input(0) | Saves.Input(1);

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

    /// <inheritdoc/>
    protected internal override void VjpAll(Cotangents dy, Span<Tensor?> dx) =>
        Composite.Differentiate(dy, [0, 1], inputs =>
        {
            var form = new RowForm(inputs[1].Shape, Over);
            Tensor others = OneLeftOut(form.Matrix(inputs[1]));
            return [form.FromMatrix(others.Prod(2) * inputs[0].Reshape(form.Count, 1))];
        }, dx);

    /// <summary>[K, R] as [K, R, R], where row i has a 1 in place of element i.</summary>
    internal static Tensor OneLeftOut(Tensor x) => new Map(LeaveOut).Apply(x.Unsqueeze(1), Tensor.Eye(x.Shape[1], dtype: x.DType));

    static readonly Formula LeaveOut = Formula.Of((x, out1) => out1 != 0 ? 1 : x);

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        (Plain dy, Plain x) = (inputs[0], inputs[1]);
        Plain others = Groups.Along(x, Over, g => [.. g.Select((_, i) => g.Where((_, j) => j != i).Aggregate(1.0, (a, b) => a * b))]);
        return [Plain.Make(x.Shape, index => dy[index] * others[index])];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        foreach (Sample sample in Prod.Samples(random))
        {
            var op = (Prod)sample.Op;
            Tensor x = sample.Inputs[0];
            yield return new(new ProdBackward(op.Over), random.Normal(op.Over.Kept(x.Shape), dtype: DType.F64), x);
        }
    }
}
