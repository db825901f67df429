using System.Collections;
using Adjoint.Data;
using Adjoint.Nn;
using Adjoint.Optim;

namespace Adjoint.Training;

/// <summary>The parts that a training consists of: what has to be saved, and put back, for it to go on with the very bits it would have had.</summary>
/// <remarks>Parts are put back in the order they were added, a schedule after its optimizer. Nothing is changed unless all of them fit.</remarks>
/// <example><code>
/// var state = new TrainingState
/// {
///     { "model", model },            // parameters, buffers, and the random streams of its dropout layers
///     { "optimizer", optimizer },
///     { "schedule", schedule },
///     { "data", loader },            // which epoch, and which batch of it comes next
/// };
/// var checkpoints = new Checkpoints("run/checkpoints");
/// long done = checkpoints.Restore(state) ?? 0;
/// </code></example>
public sealed class TrainingState : IEnumerable<KeyValuePair<string, IStatePart>>
{
    readonly OrderedDictionary<string, IStatePart> _parts = [];

    /// <summary>The names, in the order they were added.</summary>
    public IReadOnlyList<string> Names => [.. _parts.Keys];

    /// <summary>Adds a part.</summary>
    /// <param name="name">Letters, digits, - and _: it becomes the name of a file.</param>
    /// <param name="part">What is saved and put back.</param>
    /// <exception cref="ArgumentException">There is a part of that name, or the name has other characters.</exception>
    public void Add(string name, IStatePart part)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(part);
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) throw new ArgumentException($"training state: a part's name has letters, digits, - and _ only, but it is '{name}'.");
        if (!_parts.TryAdd(name, part)) throw new ArgumentException($"training state: parts have different names, but two are called '{name}'.");
    }

    /// <summary>Adds a model: its parameters, buffers, and random streams.</summary>
    /// <inheritdoc cref="Add(string, IStatePart)"/>
    public void Add(string name, Module part) => Add(name, new ModulePart(part));

    /// <summary>Adds an optimizer: its state, and its groups' learning rates and weight decays.</summary>
    /// <inheritdoc cref="Add(string, IStatePart)"/>
    public void Add(string name, Optimizer part) => Add(name, new OptimizerPart(part));

    /// <summary>Adds a schedule: how many steps it has seen.</summary>
    /// <inheritdoc cref="Add(string, IStatePart)"/>
    public void Add(string name, LearningRateSchedule part) => Add(name, new SchedulePart(part));

    /// <summary>Adds a schedule that watches a measure.</summary>
    /// <inheritdoc cref="Add(string, IStatePart)"/>
    public void Add(string name, ReduceOnPlateau part) => Add(name, new PlateauPart(part));

    /// <summary>Adds averaged weights.</summary>
    /// <inheritdoc cref="Add(string, IStatePart)"/>
    public void Add(string name, ExponentialMovingAverage part) => Add(name, new AveragePart(part));

    /// <summary>Adds a loss scaler.</summary>
    /// <inheritdoc cref="Add(string, IStatePart)"/>
    public void Add(string name, LossScaler part) => Add(name, new ScalerPart(part));

    /// <summary>Adds a loader: which batch of which epoch comes next.</summary>
    /// <inheritdoc cref="Add(string, IStatePart)"/>
    public void Add(string name, DataLoader part) => Add(name, new LoaderPart(part));

    /// <summary>Adds a random stream that no module holds.</summary>
    /// <inheritdoc cref="Add(string, IStatePart)"/>
    public void Add(string name, Generator part) => Add(name, new GeneratorPart(part));

    /// <summary>What all parts are now.</summary>
    public OrderedDictionary<string, PartState> Save()
    {
        var states = new OrderedDictionary<string, PartState>();
        foreach ((string name, IStatePart part) in _parts) states.Add(name, part.Save());
        return states;
    }

    /// <summary>Changes all parts to what <see cref="Save"/> gave.</summary>
    /// <exception cref="ArgumentException">A part is missing or unknown, or one does not fit; nothing was changed.</exception>
    public void Restore(IReadOnlyDictionary<string, PartState> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        string[] missing = [.. _parts.Keys.Where(n => !states.ContainsKey(n))], unknown = [.. states.Keys.Where(n => !_parts.ContainsKey(n))];
        if (missing.Length + unknown.Length > 0) throw new ArgumentException($"training state: the saved parts must be those of this training ({string.Join(", ", _parts.Keys)}), but they are {string.Join(", ", states.Keys)}.");
        var changes = new List<Action>();
        foreach ((string name, IStatePart part) in _parts)
        {
            try
            {
                changes.Add(part.Restore(states[name]));
            }
            // A value that is not there, or of another kind, comes from a file that somebody else wrote.
            catch (Exception e) when (e is KeyNotFoundException or NullReferenceException or InvalidOperationException or System.FormatException or OverflowException)
            {
                throw new ArgumentException($"training state: the part '{name}' must have the values that it was saved with, but {e.Message}", e);
            }
        }

        foreach (Action change in changes) change();
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, IStatePart>> GetEnumerator() => _parts.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
