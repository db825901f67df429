namespace Adjoint.Training;

/// <summary>What a <see cref="TrainingWatch"/> has seen: the loss of all steps, and the layers in some of them.</summary>
public sealed class WatchHistory
{
    /// <summary>As many points a curve has at most.</summary>
    const int MostSteps = 4000;

    readonly List<WatchedStep> _steps = [];
    int _merged = 1;        // steps that one point stands for
    int _inLast;            // steps that the last point stands for so far

    /// <summary>The parameters that are trained, in the order in which the forward pass first uses them.</summary>
    public IReadOnlyList<WatchedParameter> Parameters { get; internal set; } = [];

    /// <summary>The activation functions in the order of the forward pass.</summary>
    public IReadOnlyList<WatchedActivation> Activations { get; internal set; } = [];

    /// <summary>The loss of the training, step by step; of a long one, a point is the mean of several steps.</summary>
    public IReadOnlyList<WatchedStep> Steps => _steps;

    /// <summary>The layers, in the steps that were looked at closely.</summary>
    public IReadOnlyList<LayerSample> Samples => AllSamples;

    /// <summary>The finished epochs.</summary>
    public IReadOnlyList<EpochRecord> Epochs { get; internal set; } = [];

    /// <summary>The message of the exception that ended the training; null where none did.</summary>
    public string? Failure { get; internal set; }

    internal List<LayerSample> AllSamples { get; } = [];

    internal void Add(WatchedStep step)
    {
        if (_steps.Count > 0 && _inLast < _merged)
        {
            _steps[^1] = Merge(_steps[^1], _inLast++, step, 1);
            return;
        }

        if (_steps.Count == MostSteps)
        {
            for (int i = 0; i < MostSteps / 2; i++) _steps[i] = Merge(_steps[2 * i], 1, _steps[(2 * i) + 1], 1);
            _steps.RemoveRange(MostSteps / 2, MostSteps / 2);
            _merged *= 2;
        }

        _steps.Add(step);
        _inLast = 1;
    }

    internal (int Merged, int InLast) Thinning
    {
        get => (_merged, _inLast);
        set => (_merged, _inLast) = value;
    }

    internal void Clear()
    {
        _steps.Clear();
        AllSamples.Clear();
        (_merged, _inLast, Parameters, Activations, Epochs, Failure) = (1, 0, [], [], [], null);
    }

    /// <summary>The loss is the mean; a gradient norm is the largest, which is what is looked for.</summary>
    static WatchedStep Merge(WatchedStep a, int countA, WatchedStep b, int countB) => new(
        b.Step,
        ((a.Loss * countA) + (b.Loss * countB)) / (countA + countB),
        b.LearningRate,
        Math.Max(a.GradientNorm ?? double.NegativeInfinity, b.GradientNorm ?? double.NegativeInfinity) is var most && double.IsNegativeInfinity(most) ? null : most);
}

/// <summary>A parameter that is watched.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="IsWeight">Whether it is a matrix or kernel that signals pass through; biases, norms and tables of embeddings are not.</param>
public sealed record WatchedParameter(string Name, Shape Shape, bool IsWeight);

/// <summary>An activation function that is watched.</summary>
/// <param name="Name">The path of its module and the operation: <c>Body.1 relu</c>.</param>
/// <param name="Kind">What can go wrong with it.</param>
public sealed record WatchedActivation(string Name, ActivationKind Kind);

/// <summary>What can go wrong with an activation function.</summary>
public enum ActivationKind
{
    /// <summary>Nothing that is watched.</summary>
    Other,

    /// <summary>Zero on one side: units may be zero for every input, and learn no more.</summary>
    Rectifier,

    /// <summary>Flat on both sides: units may have no slope left.</summary>
    Sigmoid,
}

/// <summary>One step of the optimizer, or the mean of several.</summary>
/// <param name="Step">Counted from 1; the last of several.</param>
/// <param name="Loss">The mean loss.</param>
/// <param name="LearningRate">In force.</param>
/// <param name="GradientNorm">The norm of all gradients before clipping, where it was measured; the largest of several.</param>
public sealed record WatchedStep(long Step, double Loss, double LearningRate, double? GradientNorm);

/// <summary>The layers in one step; lists are in the order of <see cref="WatchHistory.Parameters"/> and <see cref="WatchHistory.Activations"/>.</summary>
/// <param name="Step">Counted from 1.</param>
/// <param name="Parameters">Each parameter.</param>
/// <param name="Activations">Each activation function.</param>
public sealed record LayerSample(long Step, IReadOnlyList<ParameterSample> Parameters, IReadOnlyList<ActivationSample> Activations);

/// <summary>A parameter in one step.</summary>
/// <param name="Gradient">The norm of its gradient, as the optimizer took it: after clipping.</param>
/// <param name="Signal">The norm of the gradient that arrived at the result of the layer that uses it; where losses are scaled, that of the scaled loss.</param>
/// <param name="Weight">The norm of the parameter.</param>
/// <param name="Update">The norm of its change divided by that of the parameter; of large ones, on a part of the elements.</param>
public readonly record struct ParameterSample(float Gradient, float Signal, float Weight, float Update);

/// <summary>What an activation function gave in one step, over the rows of a batch.</summary>
/// <param name="Mean">The mean over all elements.</param>
/// <param name="Deviation">Their standard deviation.</param>
/// <param name="Dead">The share of units (channels) of a rectifier that are zero for all rows; NaN for others.</param>
/// <param name="Saturated">The share of elements where a sigmoid's slope is below 5 % of its greatest; NaN for others.</param>
public readonly record struct ActivationSample(float Mean, float Deviation, float Dead, float Saturated);
