using System.Runtime.InteropServices;
using Adjoint.Kernels.Copy;

namespace Adjoint.Ops;

/// <summary>Zeros, of which a view is x: the gradient of slicing, selecting and taking diagonals.</summary>
/// <remarks>The view must show no element twice. Saves nothing.</remarks>
/// <param name="View">The view of the result that is x.</param>
/// <param name="Whole">The shape of the result.</param>
[NotInPyTorch("the gradient of views")]
[GradientRule("y = x at a part, 0 elsewhere", "dx = that part of dy")]
public sealed record Unview(ViewOp View, Shape Whole) : Op, ISampled
{
    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) => outputs[0] = new(Whole, inputs[0].DType);

    /// <inheritdoc/>
    protected internal override unsafe void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        Tensor part = View.Apply(outputs[0]);
        if (part.Elements < Whole.Elements) NativeMemory.Clear(outputs[0].Data, (nuint)(Whole.Elements * outputs[0].DType.Bytes));
        StridedCopy.Run(inputs[0].Operand, part.Operand);
        part.Release();
    }

    /// <inheritdoc/>
    protected internal override Tensor[]? Batch(BatchedInputs x) => x.Apply(new Unview(View.OfEach(x.Size), Whole.Insert(0, x.Size)));

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => View.Apply(dy.Gradient);

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        Plain y = Plain.Zeros(Whole);
        var places = new Plain(Whole, [.. Enumerable.Range(0, (int)Whole.Elements).Select(i => (double)i)]);
        foreach ((double place, double value) in View.Reference([places])[0].Values.Zip(inputs[0].Values)) y.Values[(int)place] = value;
        return [y];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random) =>
    [
        new(new Unview(new Slice(1, 1, 3, 2), [2, 7]), random.Normal([2, 3], dtype: DType.F64)),
        new(new Unview(new Slice(0, 4, 5, -1), [5, 2]), random.Normal([5, 2], dtype: DType.F64)),
        new(new Unview(new Slice(0, 0, 0, 1), [5, 2]), random.Normal([0, 2], dtype: DType.F64)),
        new(new Unview(new Select(1, 2), [4, 3]), random.Normal([4], dtype: DType.F64)),
        new(new Unview(new Diagonal(1, 0, 1), [3, 5, 2]), random.Normal([2, 3], dtype: DType.F64)),
    ];
}
