using Adjoint.Kernels.Gemm;
using Adjoint.Kernels.Recurrent;

namespace Adjoint.Ops;

/// <summary>A GRU along a whole sequence: with <c>a = x·Wᵢₕᵀ + bᵢₕ</c> and <c>b = h·Wₕₕᵀ + bₕₕ</c>, <c>r = σ(aᵣ + bᵣ)</c>, <c>z = σ(a_z + b_z)</c>, <c>n = tanh(aₙ + r·bₙ)</c>, <c>h ← (1 − z)·n + z·h</c>.</summary>
/// <remarks>
/// Inputs: x [T, B, I], Wᵢₕ [3H, I], Wₕₕ [3H, H], h before the first step [B, H], and bᵢₕ and bₕₕ [3H] where given. Outputs: the h of every step
/// [T, B, H], the last h; for the backward pass r, z, n and bₙ of every step [T, B, 4H]. Saves the inputs, y and these. Half types compute in F32.
/// </remarks>
/// <param name="Reverse">Whether to go from the last time step to the first.</param>
/// <param name="Biased">Whether the two biases are given.</param>
[NotInPyTorch("the whole sequence of Gru as one operation, which Gru applies")]
[GradientRule("h = the GRU cell applied step after step", "backpropagation through time: from the last step to the first, dh of a step reaches its x, its weights and the step before")]
internal sealed record GruSequence(bool Reverse, bool Biased) : Op, ISampled
{
    /// <inheritdoc/>
    public override int OutputCount => 3;

    /// <inheritdoc/>
    public override int HiddenOutputs => 1;

    // Gru has checked the shapes, under the name that its caller knows.
    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs)
    {
        DType dtype = Operands.FloatType("gru", ["x", "weightInput", "weightHidden", "h", "biasInput", "biasHidden"], inputs);
        (long steps, long batch, long size) = (inputs[0].Shape[0], inputs[0].Shape[1], inputs[2].Shape[1]);
        outputs[0] = new([steps, batch, size], dtype);
        outputs[1] = new([batch, size], dtype);
        outputs[2] = new([steps, batch, 4 * size], dtype.ComputeType());
    }

    /// <inheritdoc/>
    protected internal override long Flops(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Spec> outputs) => 2 * outputs[0].Shape.Elements * 3 * (inputs[0].Shape[2] + inputs[2].Shape[1]);

    /// <inheritdoc/>
    protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        DType compute = outputs[2].DType;
        Tensor y = outputs[0].Target(compute);
        Tensor[] operands = [.. inputs.ToArray().Select(x => x.Packed(compute))];
        if (compute == DType.F64) Walk<double>(operands, y, outputs[2]);
        else Walk<float>(operands, y, outputs[2]);
        if (y != outputs[0]) outputs[0].CopyFrom(y);
        outputs[1].CopyFrom(y.Select(0, Reverse ? 0 : y.Shape[0] - 1));
    }

    unsafe void Walk<T>(Tensor[] inputs, Tensor y, Tensor gates)
    {
        Steps steps = new(y.Shape[0], y.Shape[1], y.Shape[2], Reverse);
        long size = inputs[0].Shape[2];
        Gemm.Run<T>(steps.Count * steps.Batch, 3 * steps.Hidden, size, new((T*)inputs[0].Data, size, 1), new((T*)inputs[1].Data, 1, size), (T*)gates.Data, 4 * steps.Hidden, false);
        var cell = new GruCell<T>((T*)gates.Data, Biased ? (T*)inputs[4].Data : null, Biased ? (T*)inputs[5].Data : null, steps);
        Sequence.Forward(cell, steps, (T*)inputs[2].Data, (T*)inputs[3].Data, (T*)y.Data);
    }

    /// <inheritdoc/>
    protected internal override Saves Needs(int input) =>
        Enumerable.Range(0, Biased ? 6 : 4).Aggregate(Saves.Output(0) | Saves.Output(2), (saves, i) => saves | Saves.Input(i));

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) => null;

    /// <inheritdoc/>
    protected internal override void VjpAll(Cotangents dy, Span<Tensor?> dx)
    {
        bool first = dy.IsNeeded(0);
        Tensor[] inputs = [.. Enumerable.Range(0, dx.Length).Select(dy.Input)];
        Tensor[] found = new GruSequenceBackward(Reverse, Biased, first).ApplyAll([dy.Of(0), dy.Of(1), .. inputs[..4], dy.Output(0), dy.Output(2), .. inputs[4..]]);
        found.AsSpan(0, dx.Length - 1).CopyTo(dx[1..]!);
        if (first) dx[0] = found[^1];
    }

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        (Plain y, Plain gates) = GruMeaning.Forward(inputs, Reverse);
        long last = Reverse ? 0 : y.Shape[0] - 1;
        return [y, Plain.Make([y.Shape[1], y.Shape[2]], i => y[last, i[0], i[1]]), gates];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        foreach ((Tensor[] inputs, bool reverse) in GruMeaning.Cases(random)) yield return new(new GruSequence(reverse, inputs.Length > 4), inputs);
    }
}
