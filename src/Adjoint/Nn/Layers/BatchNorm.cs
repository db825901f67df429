namespace Adjoint.Nn;

/// <summary>Normalises each channel: <c>y = (x − mean)/√(var + ε)·weight + bias</c>, with the batch's mean and variance in training and running ones in evaluation.</summary>
/// <remarks>
/// Shapes: x [N, C, …] of any rank from 2; weight, bias and the running statistics are [C]. In training the running ones
/// move by <c>r ← (1 − momentum)·r + momentum·batch</c>, the variance with n − 1 (the normalisation itself uses n).
/// Source: Ioffe and Szegedy 2015, algorithms 1 and 2.
/// </remarks>
[PyTorch("torch.nn.BatchNorm1d", "torch.nn.BatchNorm2d", "torch.nn.BatchNorm3d", Differs = "One layer for any rank. `momentum` comes before `epsilon`. No `track_running_stats=False`, no `num_batches_tracked`.")]
public sealed class BatchNorm : Layer
{
    /// <summary>Starts with weight 1, bias 0, running mean 0 and variance 1.</summary>
    /// <param name="channels">C.</param>
    /// <param name="momentum">How fast the running statistics move.</param>
    /// <param name="epsilon">What keeps the division away from zero.</param>
    /// <param name="affine">Whether to have weight and bias.</param>
    /// <param name="dtype">The element type of parameters and statistics.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of channels is not positive.</exception>
    public BatchNorm(long channels, double momentum = 0.1, double epsilon = 1e-5, bool affine = true, DType dtype = DType.F32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        (Momentum, Epsilon) = (momentum, epsilon);
        if (affine) (Weight, Bias) = (Tensor.Ones([channels], dtype).AsParameter(), Tensor.Zeros([channels], dtype).AsParameter());
        RunningMean = Tensor.Zeros([channels], dtype).AsBuffer();
        RunningVariance = Tensor.Ones([channels], dtype).AsBuffer();
    }

    /// <summary>How fast the running statistics move.</summary>
    public double Momentum { get; }

    /// <summary>What keeps the division away from zero.</summary>
    public double Epsilon { get; }

    /// <summary>The factor, [C], or null.</summary>
    public Tensor? Weight { get; }

    /// <summary>The shift, [C], or null.</summary>
    public Tensor? Bias { get; }

    /// <summary>The running mean, [C].</summary>
    public Tensor RunningMean { get; }

    /// <summary>The running variance, [C].</summary>
    public Tensor RunningVariance { get; }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">x has not the layer's channels, or a training batch has a single value for each.</exception>
    protected override Tensor Forward(Tensor x) => Forward(x, null);

    internal override Tensor? Call(Tensor x, Module<Tensor, Tensor> next)
    {
        if (Joined(x, next) is not { } activation) return null;
        using Scope scope = Enter();
        return scope.Keep(Forward(x, activation));
    }

    Tensor Forward(Tensor x, Ops.Elementwise? activation)
    {
        ArgumentNullException.ThrowIfNull(x);
        long channels = RunningMean.Elements;
        if (x.Rank < 2 || x.Shape[1] != channels) throw new ShapeException($"batch norm: x must be [N, {channels}, …], but it is {x.Shape}.");
        if (!BehavesAsInTraining())
        {
            Tensor still = x.BatchNormEval(RunningMean, RunningVariance, Weight, Bias, Epsilon);
            return activation is null ? still : activation.Apply(still);
        }

        long count = x.Elements / channels;
        if (count < 2) throw new ShapeException($"batch norm: a batch in training needs more than one value for each channel, but x is {x.Shape}. Hint: larger batches, or Eval().");
        (Tensor y, Tensor mean, Tensor variance) = x.BatchNorm(Weight, Bias, Epsilon, activation);
        if (Checkpoint.IsRecomputing) return y;     // they have moved in the first run
        Follow(RunningMean, mean, 1);
        Follow(RunningVariance, variance, (double)count / (count - 1));
        return y;
    }

    void Follow(Tensor running, Tensor batch, double factor)
    {
        using NoGrad off = NoGrad.Scope();
        running.CopyFrom((running * (1 - Momentum)) + (batch.Detach() * (Momentum * factor)));
    }
}
