namespace Adjoint.Optim;

/// <summary>Parameters that are trained alike.</summary>
/// <example><code>
/// var optimizer = new AdamW(
/// [
///     new ParameterGroup(matrices) { WeightDecay = 0.1 },
///     new ParameterGroup(biases) { WeightDecay = 0, LearningRate = 1e-4 },
/// ], learningRate: 3e-4);
/// </code></example>
/// <param name="parameters">The tensors; frozen ones are left alone as long as they are frozen.</param>
[PyTorch("torch.optim.Optimizer.add_param_group", Differs = "`[{\"params\": …, \"lr\": …}]` is `[new ParameterGroup(…) { LearningRate = … }]`; groups are given on making the optimizer.")]
public sealed class ParameterGroup(IEnumerable<Tensor> parameters)
{
    readonly double _rateFactor = 1;
    double? _learningRate, _weightDecay;

    /// <summary>The tensors.</summary>
    public IReadOnlyList<Tensor> Parameters { get; } = [.. parameters];

    /// <summary>The step's length; the optimizer's own where none was given. Schedules set it.</summary>
    /// <exception cref="ArgumentException">It is negative or not finite.</exception>
    public double LearningRate
    {
        get => _learningRate ?? 0;
        set => _learningRate = Checked(value, "learning rate");
    }

    /// <summary>How strongly weights are pulled to zero; the optimizer's own where none was given.</summary>
    /// <exception cref="ArgumentException">It is negative or not finite.</exception>
    public double WeightDecay
    {
        get => _weightDecay ?? 0;
        set => _weightDecay = Checked(value, "weight decay");
    }

    /// <summary>What part of the common learning rate this group has: of the optimizer's own, where <see cref="LearningRate"/> is not given, and of what a schedule or <see cref="Optimizer.LearningRate"/> sets later. 1 at first.</summary>
    /// <remarks>Groups keep their ratio so whatever the schedule, also one that brings its own rates.</remarks>
    /// <exception cref="ArgumentException">It is not above 0, or not finite.</exception>
    [NotInPyTorch("The group's part of the common learning rate, which schedules keep.")]
    public double RateFactor
    {
        get => _rateFactor;
        init => _rateFactor = value > 0 && double.IsFinite(value) ? value : throw new ArgumentException($"optimizer: the rate factor must be a finite number above 0, but it is {value}.");
    }

    /// <summary>The learning rate that a group of the factor 1 would have.</summary>
    internal double CommonRate
    {
        get => LearningRate / RateFactor;
        set => LearningRate = value * RateFactor;
    }

    /// <summary>Whether parameters of this group without a gradient are passed over instead of being an error: experts of which a step uses a few.</summary>
    public bool AllowMissingGradients { get; init; }

    internal void Complete(double learningRate, double weightDecay)
    {
        if (_learningRate is null) CommonRate = learningRate;
        if (_weightDecay is null) WeightDecay = weightDecay;
    }

    static double Checked(double value, string name) => value >= 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentException($"optimizer: the {name} must be a finite number not below 0, but it is {value}.");
}
