using System.Globalization;

namespace Adjoint.Optim;

/// <summary>Keeps small gradients alive in F16: the loss is multiplied by a large number before the backward pass, and the gradients are divided by it before the step.</summary>
/// <remarks>
/// The number is found while training: halved after a step whose gradients overflowed (that step is left out: weights and optimizer stay as they are, to the bit), doubled after
/// <see cref="GrowthInterval"/> steps in a row that did not. Powers of two, so that nothing is rounded by it. Source: Micikevicius et al. 2018, section 3.2.
/// </remarks>
/// <example><code>
/// var scaler = new LossScaler();
/// using (Precision.Float16Mixed.Scope()) loss = model.Call(x).CrossEntropy(labels);
/// scaler.Backward(loss);
/// if (scaler.Unscale(optimizer)) GradientClip.ByNorm(optimizer.Parameters, 1);      // clipping is about the true gradients
/// scaler.Step(optimizer);
/// optimizer.ZeroGrad();
/// </code></example>
[PyTorch("torch.amp.GradScaler", "torch.cuda.amp.GradScaler", Differs = "`Backward(loss)` instead of `scale(loss).backward()`; `Step` updates the scale too, and says whether it stepped.")]
public sealed class LossScaler
{
    /// <summary>Below this there is no point in going on: gradients overflow that no scale would save.</summary>
    const double Least = 1.0 / (1 << 14);

    bool? _isFinite;        // known since Unscale

    /// <summary>Begins with a scale.</summary>
    /// <param name="scale">A power of two above 0; 2¹⁶ at first.</param>
    /// <exception cref="ArgumentException">It is not a power of two.</exception>
    public LossScaler(double scale = 65536)
    {
        if (!(scale > 0 && double.IsFinite(scale) && double.IsPow2(scale))) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"loss scaler: the scale must be a power of two above 0, so that it rounds nothing, but it is {scale}."));
        Scale = scale;
    }

    /// <summary>What losses are multiplied by.</summary>
    public double Scale { get; private set; }

    /// <summary>How many steps without an overflow it takes to double the scale.</summary>
    public long GrowthInterval { get; init; } = 2000;

    /// <summary>Steps that were left out.</summary>
    public long Skipped { get; private set; }

    /// <summary>Steps that were left out one after the other, up to now.</summary>
    public int SkippedInARow { get; private set; }

    /// <summary>Steps without an overflow since the scale changed.</summary>
    public long GoodSteps { get; private set; }

    /// <summary>The backward pass from the loss, with gradients that are <see cref="Scale"/> times too large.</summary>
    public void Backward(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        loss.Backward(Tensor.Full(loss.Shape, Scale, loss.DType));
    }

    /// <summary>Divides the gradients by the scale, once a step, for what looks at them before it.</summary>
    /// <returns>Whether all are finite; if not, the step will be left out.</returns>
    public bool Unscale(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        if (_isFinite is { } known) return known;
        bool isFinite = true;
        foreach (Tensor parameter in optimizer.Parameters)
        {
            if (parameter.Grad is not { } gradient) continue;
            GradientClip.Scale(gradient, 1 / Scale);
            isFinite &= Numbers.Find(gradient) == Kernels.NonFiniteKinds.None;
        }

        _isFinite = isFinite;
        return isFinite;
    }

    /// <summary>The optimizer's step if all gradients are finite, and the scale for the next one.</summary>
    /// <returns>Whether the step was taken.</returns>
    /// <exception cref="NonFiniteException">The scale has fallen so far that it cannot be the reason.</exception>
    public bool Step(Optimizer optimizer)
    {
        bool isFinite = Unscale(optimizer);
        _isFinite = null;
        if (isFinite)
        {
            optimizer.Step();
            SkippedInARow = 0;
            if (++GoodSteps < GrowthInterval) return true;
            // Twice the largest double that is a power of two is not one.
            if (double.IsFinite(2 * Scale)) Scale *= 2;
            GoodSteps = 0;
            return true;
        }

        Skipped++;
        SkippedInARow++;
        GoodSteps = 0;
        Scale /= 2;
        if (Scale < Least)
            throw new NonFiniteException(string.Create(CultureInfo.InvariantCulture, $"loss scaler: gradients must be finite at some scale, but {SkippedInARow} steps in a row had none that were, down to a scale of {2 * Scale}. Hint: open a NanGuard to see where the first one comes from."), "loss_scaler", null);
        return false;
    }

    /// <summary>Scale, good steps, and steps that were left out: all that a resume needs.</summary>
    public (double Scale, long GoodSteps, long Skipped, int SkippedInARow) State
    {
        get => (Scale, GoodSteps, Skipped, SkippedInARow);
        set => (Scale, GoodSteps, Skipped, SkippedInARow) = value;
    }
}
