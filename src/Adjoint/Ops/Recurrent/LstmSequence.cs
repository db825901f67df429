using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Recurrent;

namespace Adjoint.Ops;

/// <summary>An LSTM along a whole sequence: <c>i, f, g, o = x·Wᵢₕᵀ + h·Wₕₕᵀ + b</c>, <c>c ← σ(f)·c + σ(i)·tanh(g)</c>, <c>h ← σ(o)·tanh(c)</c>.</summary>
/// <remarks>
/// Inputs: x [T, B, I], Wᵢₕ [4H, I], Wₕₕ [4H, H], h and c before the first step [B, H], and b [4H] where given. Outputs: the h of every step
/// [T, B, H], the last h and c; for the backward pass what the gates made of their sums [T, B, 4H] and the c of every step [T, B, H].
/// Time comes first, so that a step is one block of memory. Saves the inputs, y, and both of these. Half types compute in F32.
/// </remarks>
/// <param name="Reverse">Whether to go from the last time step to the first.</param>
/// <param name="Biased">Whether a bias is given.</param>
[NotInPyTorch("the whole sequence of Lstm as one operation, which Lstm applies")]
[GradientRule("h, c = the LSTM cell applied step after step", "backpropagation through time: from the last step to the first, dh and dc of a step reach its x, its weights and the step before")]
internal sealed record LstmSequence(bool Reverse, bool Biased) : Op, ISampled
{
    /// <inheritdoc/>
    public override int OutputCount => 5;

    /// <inheritdoc/>
    public override int HiddenOutputs => 2;

    // Lstm has checked the shapes, under the name that its caller knows.
    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        DType dtype = Operands.FloatType("lstm", ["x", "weightInput", "weightHidden", "h", "c", "bias"], inputs);
        (long steps, long batch, long size) = (inputs[0].Shape[0], inputs[0].Shape[1], inputs[2].Shape[1]);
        outputs[0] = new([steps, batch, size], dtype);
        outputs[1] = outputs[2] = new([batch, size], dtype);
        outputs[3] = new([steps, batch, 4 * size], dtype.ComputeType());
        outputs[4] = new([steps, batch, size], dtype.ComputeType());
    }

    /// <inheritdoc/>
    protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => 2 * outputs[0].Shape.Elements * 4 * (inputs[0].Shape[2] + inputs[2].Shape[1]);

    /// <inheritdoc/>
    protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        DType compute = outputs[3].DType;
        Tensor y = outputs[0].Target(compute), cells = outputs[4];
        Tensor[] operands = [.. inputs.ToArray().Select(x => x.Packed(compute))];
        if (compute == DType.F64) Walk<double>(operands, y, outputs[3], cells);
        else Walk<float>(operands, y, outputs[3], cells);
        long last = Reverse ? 0 : y.Shape[0] - 1;
        if (y != outputs[0]) outputs[0].CopyFrom(y);
        outputs[1].CopyFrom(y.Select(0, last));
        outputs[2].CopyFrom(cells.Select(0, last));
    }

    unsafe void Walk<T>(Tensor[] inputs, Tensor y, Tensor gates, Tensor cells)
    {
        Steps steps = new(y.Shape[0], y.Shape[1], y.Shape[2], Reverse);
        long size = inputs[0].Shape[2];
        Gemm.Run<T>(steps.Count * steps.Batch, 4 * steps.Hidden, size, new((T*)inputs[0].Data, size, 1), new((T*)inputs[1].Data, 1, size), (T*)gates.Data, 4 * steps.Hidden, false);
        T* bias = Biased ? (T*)inputs[5].Data : null;
        Sequence.Forward(new LstmCell<T>((T*)gates.Data, bias, (T*)cells.Data, (T*)inputs[4].Data, steps), steps, (T*)inputs[2].Data, (T*)inputs[3].Data, (T*)y.Data);
    }

    /// <inheritdoc/>
    protected internal override Saves Needs(int input) =>
        Saves.Input(0) | Saves.Input(1) | Saves.Input(2) | Saves.Input(3) | Saves.Input(4) | (Biased ? Saves.Input(5) : Saves.Nothing) | Saves.Output(0) | Saves.Output(3) | Saves.Output(4);

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

    /// <inheritdoc/>
    protected internal override void VjpAll(Cotangents dy, Span<Tensor?> dx)
    {
        var op = new LstmSequenceBackward(Reverse, Biased, dy.IsNeeded(0));
        Tensor[] inputs = [.. Enumerable.Range(0, 5).Select(dy.Input)];
        Tensor[] found = op.ApplyAll([dy.Of(0), dy.Of(1), dy.Of(2), .. inputs, dy.Output(0), dy.Output(3), dy.Output(4), .. Biased ? [dy.Input(5)] : Array.Empty<Tensor>()]);
        found.AsSpan(0, dx.Length - 1).CopyTo(dx[1..]!);
        if (dy.IsNeeded(0)) dx[0] = found[^1];
    }

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        (Plain y, Plain gates, Plain cells) = LstmMeaning.Forward(inputs, Reverse);
        long last = Reverse ? 0 : y.Shape[0] - 1;
        return [y, At(y), At(cells), gates, cells];

        Plain At(Plain x) => Plain.Make([x.Shape[1], x.Shape[2]], i => x[last, i[0], i[1]]);
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        foreach ((Tensor[] inputs, bool reverse) in LstmMeaning.Cases(random)) yield return new(new LstmSequence(reverse, inputs.Length > 5), inputs);
    }
}
