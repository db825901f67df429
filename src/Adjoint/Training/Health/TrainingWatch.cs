using System.Diagnostics.CodeAnalysis;

namespace Adjoint.Training;

/// <summary>Watches a training as it runs: losses, and per layer gradients, updates, activations, dead units and saturation; and says what is not healthy.</summary>
/// <remarks>
/// The loss of every step is kept. Layers are looked at in about <see cref="Samples"/> steps, evenly spread over the training, the first among them; such a step
/// reads gradients, parameters and activations once more. The numbers of the training stay the same, to the bit. What was seen is part of checkpoints.
/// </remarks>
/// <example><code>
/// var watch = new TrainingWatch();
/// trainer.Fit(train, validation, new() { Callbacks = [watch] });
/// foreach (Finding finding in watch.Diagnose()) Console.WriteLine(finding);
/// </code></example>
[SuppressMessage("Design", "CA1001", Justification = "An observer lives for one step, and the training ends it whatever happens.")]
public sealed class TrainingWatch : TrainingCallback
{
    readonly int _samples = 200;
    readonly HashSet<FindingKind> _told = [];
    LayerObserver? _observer;
    long _interval;

    /// <summary>In about how many steps of a whole training layers are looked at, at least 1; 200 at first.</summary>
    public int Samples
    {
        get => _samples;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _samples = value;
        }
    }

    /// <summary>Told of every kind of finding once, at the end of the epoch in which it shows.</summary>
    public IProgress<Finding>? Findings { get; init; }

    /// <summary>What was seen so far.</summary>
    public WatchHistory History { get; } = new();

    /// <summary>What is not healthy by what was seen so far; empty where nothing is.</summary>
    public IReadOnlyList<Finding> Diagnose() => Diagnosis.Of(History);

    /// <inheritdoc/>
    public override (string Name, IStatePart Part)? State => ("watch", new WatchPart(History));

    /// <inheritdoc/>
    public override void Started(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        // Without an end to divide there is still a first thousand of steps to see.
        _interval = training.MostSteps == long.MaxValue ? 10 : Math.Max(1, training.MostSteps / Samples);
        History.Failure = null;
    }

    /// <inheritdoc/>
    public override void StepStarting(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        if (training.Steps % _interval == 0) _observer = new LayerObserver();
    }

    /// <inheritdoc/>
    public override void StepEnded(TrainingContext training, StepRecord step)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(step);
        LayerObserver? observer = Close();
        if (!step.IsTaken) return;
        double? norm = step.GradientNorm ?? (observer is null ? null : GradientNorm(observer));
        History.Add(new(step.Step, step.Loss, step.LearningRate, norm));
        if (observer is not null) Add(observer, step.Step);
        if (History.AllSamples.Count >= 2 * Samples + 2) Thin();
    }

    /// <inheritdoc/>
    public override void EpochEnded(TrainingContext training, EpochRecord epoch)
    {
        ArgumentNullException.ThrowIfNull(training);
        History.Epochs = [.. training.History];
        if (Findings is null) return;
        foreach (Finding finding in Diagnose()) if (_told.Add(finding.Kind)) Findings.Report(finding);
    }

    /// <inheritdoc/>
    public override void Ended(TrainingContext training, TrainingResult result) => Close();

    /// <inheritdoc/>
    public override void Failed(TrainingContext training, Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        Close();
        History.Failure = exception.Message;
    }

    LayerObserver? Close()
    {
        LayerObserver? observer = _observer;
        _observer = null;
        observer?.Dispose();
        return observer;
    }

    static double GradientNorm(LayerObserver observer) => Math.Sqrt(observer.Parameters.Values.Sum(p => (double)p.Gradient * p.Gradient));

    void Add(LayerObserver observer, long step)
    {
        if (History.Parameters.Count == 0)
        {
            IReadOnlyDictionary<Tensor, string> names = observer.Names;
            (Tensor Parameter, bool IsWeight)[] used = [.. observer.Used.Where(u => names.ContainsKey(u.Parameter))];
            var seen = new HashSet<Tensor>(used.Select(u => u.Parameter), ReferenceEqualityComparer.Instance);
            History.Parameters = [.. used.Concat(names.Keys.Where(p => !seen.Contains(p)).Select(p => (Parameter: p, IsWeight: false))).Select(u => new WatchedParameter(names[u.Parameter], u.Parameter.Shape, u.IsWeight))];
            History.Activations = [.. observer.Activations.Select(a => a.Activation)];
        }

        // A step may leave out layers that another uses.
        var nothing = new ParameterSample(float.NaN, float.NaN, float.NaN, float.NaN);
        var unseen = new ActivationSample(float.NaN, float.NaN, float.NaN, float.NaN);
        Dictionary<WatchedActivation, ActivationSample> activations = observer.Activations.ToDictionary(a => a.Activation, a => a.Sample);
        History.AllSamples.Add(new(step,
            [.. History.Parameters.Select(p => observer.Parameters.TryGetValue(p.Name, out ParameterSample sample) ? sample : nothing)],
            [.. History.Activations.Select(a => activations.GetValueOrDefault(a, unseen))]));
    }

    /// <summary>A training that became longer than it said: every second sample goes, and from now on every second step.</summary>
    void Thin()
    {
        for (int i = History.AllSamples.Count - 1; i > 0; i -= 2) History.AllSamples.RemoveAt(i);
        _interval *= 2;
    }
}
