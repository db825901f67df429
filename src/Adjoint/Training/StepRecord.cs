namespace Adjoint.Training;

/// <summary>What one step of the optimizer was.</summary>
/// <param name="Step">Counted from 1, over all epochs.</param>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Loss">The mean over the step's rows (or tokens), before the weights changed; not finite in a step that was left out.</param>
/// <param name="LearningRate">That of the optimizer's first group, in this step.</param>
/// <param name="Rows">The rows of all its batches.</param>
/// <param name="IsTaken">Whether the weights changed: gradients that are not finite leave a step out where that is allowed.</param>
/// <param name="GradientNorm">The norm of all gradients together before they were clipped; null without clipping.</param>
/// <param name="LossScale">What the loss was multiplied by; null without scaling.</param>
public sealed record StepRecord(long Step, int Epoch, double Loss, double LearningRate, long Rows, bool IsTaken, double? GradientNorm = null, double? LossScale = null);
