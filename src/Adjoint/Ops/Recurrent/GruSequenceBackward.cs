using System.Numerics;
using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Recurrent;

namespace Adjoint.Ops;

/// <summary>The gradients of <see cref="GruSequence"/>: the gradients da and db of both sums step by step backward, then one product for all steps for each of the weights and x.</summary>
/// <remarks>
/// Inputs: the gradients of y and h; x, Wᵢₕ, Wₕₕ, h before the first step; y and the gates; bᵢₕ and bₕₕ where given. Outputs: <c>daᵀ·x</c>,
/// <c>dbᵀ·h</c> with the h before each step, the gradient of the initial h, Σ da and Σ db where there are biases, and <c>da·Wᵢₕ</c> where x wants it.
/// Source: Werbos 1990, backpropagation through time.
/// </remarks>
/// <param name="Reverse">Whether the walk went from the last time step to the first.</param>
/// <param name="Biased">Whether the two biases are given.</param>
/// <param name="Input">Whether the gradient of x is wanted.</param>
[NotInPyTorch("the gradient of GruSequence")]
internal sealed record GruSequenceBackward(bool Reverse, bool Biased, bool Input) : Op, ISampled
{
    /// <inheritdoc/>
    public override int OutputCount => 3 + (Biased ? 2 : 0) + (Input ? 1 : 0);

    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        for (int i = 0; i < 3; i++) outputs[i] = inputs[i + 3].Spec;
        if (Biased) (outputs[3], outputs[4]) = (inputs[^2].Spec, inputs[^1].Spec);
        if (Input) outputs[^1] = inputs[2].Spec;
    }

    /// <inheritdoc/>
    protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => 2 * inputs[0].Elements * 3 * ((2 * inputs[4].Shape[1]) + ((Input ? 2 : 1) * inputs[2].Shape[2]));

    /// <inheritdoc/>
    protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        DType compute = inputs[2].DType;
        foreach (Tensor input in inputs[3..6]) compute = compute.Promote(input.DType);
        compute = compute.ComputeType();
        Tensor[] operands = [.. inputs.ToArray().Select(x => x.Packed(compute))], results = [.. outputs.ToArray().Select(x => x.Target(compute))];
        if (compute == DType.F64) Walk<double>(operands, results);
        else Walk<float>(operands, results);
        for (int i = 0; i < results.Length; i++) if (results[i] != outputs[i]) outputs[i].CopyFrom(results[i]);
    }

    unsafe void Walk<T>(Tensor[] inputs, Tensor[] outputs) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor x = inputs[2], dh = outputs[2];
        Steps steps = new(x.Shape[0], x.Shape[1], inputs[4].Shape[1], Reverse);
        long size = x.Shape[2], hidden = steps.Hidden, row = 4 * hidden, rows = steps.Count * steps.Batch, step = steps.Batch * hidden;
        Tensor slopes = Tensor.Allocate([steps.Count, steps.Batch, row], x.DType), totals = Tensor.Allocate([row], x.DType);
        dh.CopyFrom(inputs[1]);
        T* h = (T*)inputs[5].Data, y = (T*)inputs[6].Data, d = (T*)slopes.Data;
        Sequence.Backward(new GruGradient<T>((T*)inputs[7].Data, y, h, d, steps), steps, (T*)inputs[4].Data, (T*)inputs[0].Data, (T*)dh.Data, (T*)totals.Data);
        if (Biased)
        {
            outputs[3].CopyFrom(totals.Slice(0, 0, 3 * hidden));
            outputs[4].CopyFrom(Tensor.Cat([totals.Slice(0, 0, 2 * hidden), totals.Slice(0, 3 * hidden, row)], 0));
        }

        Gemm.Run<T>(3 * hidden, size, rows, new(d, 1, row), new((T*)x.Data, size, 1), (T*)outputs[0].Data, size, false);
        if (Input) Gemm.Run<T>(rows, size, 3 * hidden, new(d, row, 1), new((T*)inputs[3].Data, size, 1), (T*)outputs[^1].Data, size, false);
        // The h before a step is the y of its neighbour in time, and before the first step the initial one.
        T* first = d + (steps.Time(0) * steps.Batch * row), others = d + (Reverse ? 0 : steps.Batch * row), before = y + (Reverse ? step : 0);
        T* toHidden = (T*)outputs[1].Data;
        Product(0, 2 * hidden, toHidden);
        Product(3 * hidden, hidden, toHidden + (2 * hidden * hidden));

        void Product(long column, long columns, T* target)
        {
            Gemm.Run<T>(columns, hidden, rows - steps.Batch, new(others + column, 1, row), new(before, hidden, 1), target, hidden, false);
            Gemm.Run<T>(columns, hidden, steps.Batch, new(first + column, 1, row), new(h, hidden, 1), target, hidden, true);
        }
    }

    // The gates and y are functions of the other inputs; their part is in the gradients of those.
    /// <inheritdoc/>
    protected internal override Saves Needs(int input) =>
        Enumerable.Range(0, 6).Aggregate(Biased ? Saves.Input(8) | Saves.Input(9) : Saves.Nothing, (saves, i) => saves | Saves.Input(i));

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

    /// <inheritdoc/>
    protected internal override void VjpAll(Cotangents dy, Span<Tensor?> dx) =>
        Composite.Differentiate(dy, Biased ? [0, 1, 2, 3, 4, 5, 8, 9] : [0, 1, 2, 3, 4, 5], inputs =>
        {
            Tensor[] operands = [.. inputs[2..].Select(x => x.RequiresGrad ? x : x.Detach().AsParameter())];
            Tensor[] results = GruMeaning.Composed(operands, Reverse);
            Tensor?[] found = BackwardPass.Gradients(results, [.. inputs[..2].Zip(results, (slope, result) => slope.To(result.DType))], operands, retainGraph: true, createGraph: true);
            Tensor[] all = [.. found.Zip(operands, (slope, x) => slope ?? Tensor.Zeros(x.Shape, x.DType))];
            return Input ? [.. all[1..], all[0]] : all[1..];
        }, dx);

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        Plain[] all = GruMeaning.Backward(inputs, Reverse);
        return [.. all[..3], .. Biased ? all[3..5] : Array.Empty<Plain>(), .. Input ? [all[5]] : Array.Empty<Plain>()];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        bool input = true;
        foreach ((Tensor[] operands, bool reverse) in GruMeaning.Cases(random))
        {
            (Plain y, Plain gates) = GruMeaning.Forward([.. operands.Select(Plain.From)], reverse);
            Tensor[] all =
            [
                random.Normal(y.Shape, dtype: DType.F64), random.Normal(operands[3].Shape, dtype: DType.F64), .. operands[..4],
                Tensor.From(y.Values, y.Shape), Tensor.From(gates.Values, gates.Shape), .. operands[4..],
            ];
            // What was saved belongs to the operands: moving one of them alone has no meaning.
            yield return new(new GruSequenceBackward(reverse, operands.Length > 4, input), all) { Constant = [.. Enumerable.Range(2, all.Length - 2)], SecondOrder = false };
            input = !input;
        }
    }
}
