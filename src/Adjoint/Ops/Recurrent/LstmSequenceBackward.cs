using System.Numerics;
using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Recurrent;

namespace Adjoint.Ops;

/// <summary>The gradients of <see cref="LstmSequence"/>: the sums' gradients d [T, B, 4H] step by step backward, then one product for all steps for each of the weights and x.</summary>
/// <remarks>
/// Inputs: the gradients of y, h and c; x, Wᵢₕ, Wₕₕ, h and c before the first step; y, the gates, the c of every step; b where given. Outputs:
/// <c>dᵀ·x</c>, <c>dᵀ·h</c> with the h before each step, the gradients of the initial h and c, Σ d where there is b, and <c>d·Wᵢₕ</c> where x wants it.
/// Source: Werbos 1990, backpropagation through time.
/// </remarks>
/// <param name="Reverse">Whether the walk went from the last time step to the first.</param>
/// <param name="Biased">Whether a bias is given.</param>
/// <param name="Input">Whether the gradient of x is wanted.</param>
[NotInPyTorch("the gradient of LstmSequence")]
internal sealed record LstmSequenceBackward(bool Reverse, bool Biased, bool Input) : Op, ISampled
{
    /// <inheritdoc/>
    public override int OutputCount => 4 + (Biased ? 1 : 0) + (Input ? 1 : 0);

    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        for (int i = 0; i < 4; i++) outputs[i] = inputs[i + 4].Spec;
        if (Biased) outputs[4] = inputs[^1].Spec;
        if (Input) outputs[^1] = inputs[3].Spec;
    }

    /// <inheritdoc/>
    protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => 2 * inputs[0].Elements * 4 * ((2 * inputs[5].Shape[1]) + ((Input ? 2 : 1) * inputs[3].Shape[2]));

    /// <inheritdoc/>
    protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        DType compute = inputs[3].DType;
        foreach (Tensor input in inputs[4..8]) compute = compute.Promote(input.DType);
        compute = compute.ComputeType();
        Tensor[] operands = [.. inputs.ToArray().Select(x => x.Packed(compute))], results = [.. outputs.ToArray().Select(x => x.Target(compute))];
        if (compute == DType.F64) Walk<double>(operands, results);
        else Walk<float>(operands, results);
        for (int i = 0; i < results.Length; i++) if (results[i] != outputs[i]) outputs[i].CopyFrom(results[i]);
    }

    unsafe void Walk<T>(Tensor[] inputs, Tensor[] outputs) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor x = inputs[3], dh = outputs[2], dc = outputs[3];
        Steps steps = new(x.Shape[0], x.Shape[1], inputs[5].Shape[1], Reverse);
        long size = x.Shape[2], sums = 4 * steps.Hidden, step = steps.Batch * steps.Hidden;
        Tensor slopes = Tensor.Allocate([steps.Count, steps.Batch, sums], x.DType), totals = Biased ? outputs[4] : Tensor.Allocate([sums], x.DType);
        dh.CopyFrom(inputs[1]);
        dc.CopyFrom(inputs[2]);
        T* h = (T*)inputs[6].Data, y = (T*)inputs[8].Data, d = (T*)slopes.Data, toHidden = (T*)outputs[1].Data;
        var cell = new LstmGradient<T>((T*)inputs[9].Data, (T*)inputs[10].Data, (T*)inputs[7].Data, d, (T*)dc.Data, steps);
        Sequence.Backward(cell, steps, (T*)inputs[5].Data, (T*)inputs[0].Data, (T*)dh.Data, (T*)totals.Data);

        Gemm.Run<T>(sums, size, steps.Count * steps.Batch, new(d, 1, sums), new((T*)x.Data, size, 1), (T*)outputs[0].Data, size, false);
        // The h before a step is the y of its neighbour in time, and before the first step the initial one.
        T* first = d + (steps.Time(0) * steps.Batch * sums), others = d + (Reverse ? 0 : steps.Batch * sums), before = y + (Reverse ? step : 0);
        Gemm.Run<T>(sums, steps.Hidden, (steps.Count - 1) * steps.Batch, new(others, 1, sums), new(before, steps.Hidden, 1), toHidden, steps.Hidden, false);
        Gemm.Run<T>(sums, steps.Hidden, steps.Batch, new(first, 1, sums), new(h, steps.Hidden, 1), toHidden, steps.Hidden, true);
        if (Input) Gemm.Run<T>(steps.Count * steps.Batch, size, sums, new(d, sums, 1), new((T*)inputs[4].Data, size, 1), (T*)outputs[^1].Data, size, false);
    }

    // The gates, y and each step's c are functions of the other inputs; their part is in the gradients of those.
    /// <inheritdoc/>
    protected internal override Saves Needs(int input) =>
        Enumerable.Range(0, 8).Aggregate(Biased ? Saves.Input(11) : Saves.Nothing, (saves, i) => saves | Saves.Input(i));

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

    /// <inheritdoc/>
    protected internal override void VjpAll(Cotangents dy, Span<Tensor?> dx) =>
        Composite.Differentiate(dy, Biased ? [0, 1, 2, 3, 4, 5, 6, 7, 11] : [0, 1, 2, 3, 4, 5, 6, 7], inputs =>
        {
            Tensor[] operands = [.. inputs[3..].Select(x => x.RequiresGrad ? x : x.Detach().AsParameter())];
            Tensor[] results = LstmMeaning.Composed(operands, Reverse);
            Tensor?[] found = BackwardPass.Gradients(results, [.. inputs[..3].Zip(results, (slope, result) => slope.To(result.DType))], operands, retainGraph: true, createGraph: true);
            Tensor[] all = [.. found.Zip(operands, (slope, x) => slope ?? Tensor.Zeros(x.Shape, x.DType))];
            return Input ? [.. all[1..], all[0]] : all[1..];
        }, dx);

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        Plain[] all = LstmMeaning.Backward(inputs, Reverse);
        return [.. all[..4], .. Biased ? [all[4]] : Array.Empty<Plain>(), .. Input ? [all[5]] : Array.Empty<Plain>()];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        bool input = true;
        foreach ((Tensor[] operands, bool reverse) in LstmMeaning.Cases(random))
        {
            Plain[] forward = new LstmSequence(reverse, operands.Length > 5).Reference([.. operands.Select(Plain.From)]);
            Tensor[] saved = [.. new[] { forward[0], forward[3], forward[4] }.Select(p => Tensor.From(p.Values, p.Shape))];
            Tensor Draw(int like) => random.Normal(forward[like].Shape, dtype: DType.F64);
            Tensor[] all = [Draw(0), Draw(1), Draw(2), .. operands[..5], .. saved, .. operands[5..]];
            // What was saved belongs to the operands: moving one of them alone has no meaning.
            yield return new(new LstmSequenceBackward(reverse, operands.Length > 5, input), all) { Constant = [.. Enumerable.Range(3, all.Length - 3)], SecondOrder = false };
            input = !input;
        }
    }
}
