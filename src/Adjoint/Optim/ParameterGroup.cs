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
public sealed class ParameterGroup(IEnumerable<Tensor> parameters)
{
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

    /// <summary>Whether parameters of this group without a gradient are passed over instead of being an error: experts of which a step uses a few.</summary>
    public bool AllowMissingGradients { get; init; }

    internal void Complete(double learningRate, double weightDecay)
    {
        if (_learningRate is null) LearningRate = learningRate;
        if (_weightDecay is null) WeightDecay = weightDecay;
    }

    static double Checked(double value, string name) => value >= 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentException($"optimizer: the {name} must be a finite number not below 0, but it is {value}.");
}
