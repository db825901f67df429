using Adjoint.Kernels.Losses;

namespace Adjoint.Ops;

/// <summary>The inputs of a CTC loss as its kernel wants them, looked at before the kernel trusts them.</summary>
internal readonly unsafe ref struct CtcOperands<T>
{
    readonly Tensor _x, _targets, _inputLengths, _targetLengths;

    /// <exception cref="ArgumentOutOfRangeException">A length or a label is out of its range.</exception>
    public CtcOperands(Tensor x, Tensor targets, Tensor inputLengths, Tensor targetLengths, long blank, bool zeroInfinity)
    {
        _x = x.ForKernel();
        (_targets, _inputLengths, _targetLengths) = (Whole(targets), Whole(inputLengths), Whole(targetLengths));
        Batch = new()
        {
            LogProbabilities = (T*)_x.Data, Targets = (long*)_targets.Data, InputLengths = (long*)_inputLengths.Data, TargetLengths = (long*)_targetLengths.Data,
            Steps = x.Shape[0], Samples = x.Shape[1], Symbols = x.Shape[2], MostLabels = targets.Shape[1], Blank = blank, ZeroInfinity = zeroInfinity,
        };
        Check(Batch);
    }

    public CtcBatch<T> Batch { get; }

    /// <summary>The kernel is done with the pointers.</summary>
    public void Dispose()
    {
        GC.KeepAlive(_x);
        GC.KeepAlive(_targets);
        GC.KeepAlive(_inputLengths);
        GC.KeepAlive(_targetLengths);
    }

    static Tensor Whole(Tensor x) => x.Detach().To(DType.I64).Contiguous();

    static void Check(in CtcBatch<T> batch)
    {
        for (long b = 0; b < batch.Samples; b++)
        {
            long steps = batch.InputLengths[b], labels = batch.TargetLengths[b];
            if (steps < 0 || steps > batch.Steps) throw new ArgumentOutOfRangeException(null, $"ctc_loss: input lengths must be from 0 to {batch.Steps}, but sample {b} has {steps}.");
            if (labels < 0 || labels > batch.MostLabels) throw new ArgumentOutOfRangeException(null, $"ctc_loss: target lengths must be from 0 to {batch.MostLabels}, but sample {b} has {labels}.");
            for (long s = 0; s < labels; s++)
            {
                long label = batch.Targets[(b * batch.MostLabels) + s];
                if (label < 0 || label >= batch.Symbols || label == batch.Blank)
                    throw new ArgumentOutOfRangeException(null, $"ctc_loss: labels must be from 0 to {batch.Symbols - 1} and not the blank, but the label at [{b}, {s}] is {label} and the blank is {batch.Blank}.");
            }
        }
    }
}
