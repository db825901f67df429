namespace Adjoint.Ops;

/// <summary>The gradient of <see cref="CtcLoss"/> along log-probabilities: <c>dy·(p(t, v) − P(v at t | target))</c>, 0 behind a sample's last step.</summary>
/// <remarks>Inputs: dy [B], then those of the loss. It has no gradient of its own.</remarks>
/// <param name="Blank">The symbol that says nothing.</param>
/// <param name="ZeroInfinity">Whether a target that cannot be said has gradient 0 rather than NaN.</param>
[NotInPyTorch("the gradient of CtcLoss")]
public sealed record CtcLossBackward(long Blank, bool ZeroInfinity) : Op, ISampled
{
    /// <inheritdoc/>
    protected internal override void Infer(ReadOnlySpan<Tensor> inputs, Span<Spec> outputs) => outputs[0] = inputs[1].Spec;

    /// <inheritdoc/>
    protected internal override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        using Scope scope = Scope.Begin(Name);
        Tensor dx = outputs[0].KernelTarget();
        if (dx.DType == DType.F64) Slopes<double>(inputs, dx);
        else Slopes<float>(inputs, dx);
        outputs[0].TakeFrom(dx);
    }

    unsafe void Slopes<T>(ReadOnlySpan<Tensor> inputs, Tensor dx) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        Tensor dy = inputs[0].Detach().To(dx.DType).Contiguous();
        using (var operands = new CtcOperands<T>(inputs[1], inputs[2], inputs[3], inputs[4], Blank, ZeroInfinity))
            Kernels.Losses.Ctc.Backward(operands.Batch, (T*)dy.Data, (T*)dx.Data);
        GC.KeepAlive(dy);
    }

    /// <inheritdoc/>
    protected internal override Tensor? Vjp(Cotangents dy, int input) =>
        throw new GraphException("ctc_loss: the loss can be differentiated once, but a gradient of its gradient was asked for.");

    /// <inheritdoc/>
    public override Plain[] Reference(Plain[] inputs)
    {
        Plain x = inputs[1], dx = Plain.Zeros(x.Shape);
        for (long b = 0; b < x.Shape[1]; b++)
        {
            (double probability, double[,] passing) = CtcMeaning.Of(inputs[1..], b, Blank);
            if (probability == 0 && ZeroInfinity) continue;
            for (long t = 0; t < passing.GetLength(0); t++)
                for (long v = 0; v < x.Shape[2]; v++) dx[t, b, v] = inputs[0].Values[b] * (Math.Exp(x[t, b, v]) - (passing[t, v] / probability));
        }

        return [dx];
    }

    /// <inheritdoc/>
    public static IEnumerable<Sample> Samples(Generator random)
    {
        foreach ((Tensor[] inputs, long blank, bool zeroInfinity) in CtcMeaning.Cases(random))
            yield return new(new CtcLossBackward(blank, zeroInfinity), [random.Normal([inputs[0].Shape[1]], dtype: DType.F64), .. inputs]) { Constant = [0, 1], SecondOrder = false };
    }
}
